package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	karpenteraws "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	"github.com/aws/karpenter-provider-aws/pkg/providers/instancetype"
	"github.com/samber/lo"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"
)

// Type is one instance type of the catalogue: memory in MiB, NVMe in GB.
type Type struct {
	Arch         string   `json:"arch"`
	CPU          int32    `json:"cpu"`
	Memory       int64    `json:"memoryMiB"`
	Maker        string   `json:"cpuManufacturer"`
	Clock        float64  `json:"clockGhz"`
	Hypervisor   string   `json:"hypervisor"`
	BareMetal    bool     `json:"bareMetal"`
	Usage        []string `json:"usage"`
	NVMe         int64    `json:"localNvmeGiB"`
	Addresses    int32    `json:"ipv4PerInterface"`
	EFA          int32    `json:"efa"`
	DefaultCard  int32    `json:"defaultNetworkCard"`
	Cards        []Cards  `json:"networkCards"`
	GPU          string   `json:"gpu"`
	GPUs         int32    `json:"gpus"`
	GPUMemory    int32    `json:"gpuMemoryMiB"`
	GPUMaker     string   `json:"gpuManufacturer"`
	Encryption   bool     `json:"encryptionInTransit"`
	EBSBandwidth int32    `json:"ebsMbps"`
	Price        float64  `json:"usdPerHourOnDemandUsEast1"`
}

// Cards are network cards in a row that are alike.
type Cards struct {
	Count      int   `json:"count"`
	Interfaces int32 `json:"interfaces"`
}

// Catalogue is what EC2 offers, by its files.
type Catalogue struct {
	Types map[string]Type `json:"types"`
	zones map[string]map[string]string
}

func readCatalogue(types, offerings string) (*Catalogue, error) {
	catalogue := &Catalogue{}
	if err := readFile(types, catalogue); err != nil {
		return nil, err
	}
	var offered struct {
		Types map[string]map[string]string `json:"types"`
	}
	if err := readFile(offerings, &offered); err != nil {
		return nil, err
	}
	catalogue.zones = offered.Types
	return catalogue, nil
}

func readFile(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// A zone's id ends in its number, of which the catalogue has one digit each; `*`: the region is all that is known.
func (c *Catalogue) offered(name, region string, zone karpenteraws.ZoneInfo) bool {
	numbers := c.zones[name][region]
	return numbers == "*" || numbers != "" && strings.ContainsAny(numbers, zone.ZoneID[len(zone.ZoneID)-1:])
}

func (c *Catalogue) typesOf(ctx context.Context, question *Question, pool *karpenter.NodePool) ([]*cloudprovider.InstanceType, error) {
	class, err := classOf(question, pool)
	if err != nil {
		return nil, err
	}
	var found []*cloudprovider.InstanceType
	for name, data := range c.Types {
		if data.Price == 0 || data.Hypervisor == "" && !data.BareMetal {
			continue
		}
		var zones []string
		for _, zone := range question.Zones {
			if c.offered(name, question.Region, zone) {
				zones = append(zones, zone.Zone)
			}
		}
		reservations := reservationsOf(question, class, name)
		status := lo.Map(reservations, func(one Reservation, _ int) karpenteraws.CapacityReservation { return one.status() })
		made := instancetype.NewInstanceType(ctx, data.info(name), question.Region, zones, question.Zones,
			class.Spec.BlockDeviceMappings, class.Spec.InstanceStorePolicy, class.Spec.NetworkInterfaces,
			nil, nil, nil, nil, nil, nil, class.AMIFamily(), status)
		made.Offerings = offeringsOf(zones, data, reservations, zoneIDs(question))
		if len(made.Offerings) > 0 {
			found = append(found, made)
		}
	}
	return found, nil
}

func zoneIDs(question *Question) map[string]string {
	ids := map[string]string{}
	for _, zone := range question.Zones {
		ids[zone.Zone] = zone.ZoneID
	}
	return ids
}

func classOf(question *Question, pool *karpenter.NodePool) (*karpenteraws.EC2NodeClass, error) {
	for _, class := range question.NodeClasses {
		if class.Name == pool.Spec.Template.Spec.NodeClassRef.Name {
			return class, nil
		}
	}
	return nil, fmt.Errorf("no class of pool %s", pool.Name)
}

func reservationsOf(question *Question, class *karpenteraws.EC2NodeClass, name string) []Reservation {
	var found []Reservation
	for _, one := range question.Reservations {
		if one.NodeClass == class.Name && one.InstanceType == name {
			found = append(found, one)
		}
	}
	return found
}

// As the class's status lists it.
func (r Reservation) status() karpenteraws.CapacityReservation {
	return karpenteraws.CapacityReservation{
		ID: r.ID, AvailabilityZone: r.Zone, InstanceType: r.InstanceType,
		ReservationType: karpenteraws.CapacityReservationTypeDefault,
	}
}

// Spot has no price in the catalogue: the order of types is that of their prices on demand, spot before on-demand.
const spotShare = 0.4

func offeringsOf(
	zones []string, data Type, reservations []Reservation, ids map[string]string,
) cloudprovider.Offerings {
	var made cloudprovider.Offerings
	add := func(zone, capacity string, price float64, free int, more ...*scheduling.Requirement) {
		requirements := scheduling.NewRequirements(append(more,
			scheduling.NewRequirement(karpenter.CapacityTypeLabelKey, corev1.NodeSelectorOpIn, capacity),
			scheduling.NewRequirement(corev1.LabelTopologyZone, corev1.NodeSelectorOpIn, zone),
			scheduling.NewRequirement(karpenteraws.LabelTopologyZoneID, corev1.NodeSelectorOpIn, ids[zone]),
		)...)
		made = append(made, &cloudprovider.Offering{
			Requirements: requirements, Price: price, Available: true, ReservationCapacity: free,
		})
	}
	for _, zone := range zones {
		for _, usage := range data.Usage {
			switch usage {
			case "on-demand":
				add(zone, karpenter.CapacityTypeOnDemand, data.Price, 0, unreserved()...)
			case "spot":
				add(zone, karpenter.CapacityTypeSpot, data.Price*spotShare, 0, unreserved()...)
			}
		}
	}
	for _, one := range reservations {
		add(one.Zone, karpenter.CapacityTypeReserved, data.Price/1e7, one.Free,
			scheduling.NewRequirement(cloudprovider.ReservationIDLabel, corev1.NodeSelectorOpIn, one.ID),
			scheduling.NewRequirement(karpenteraws.LabelCapacityReservationType, corev1.NodeSelectorOpIn, string(one.status().ReservationType)),
			scheduling.NewRequirement(karpenteraws.LabelCapacityReservationInterruptible, corev1.NodeSelectorOpIn, "false"))
	}
	return made
}

func unreserved() []*scheduling.Requirement {
	return []*scheduling.Requirement{
		scheduling.NewRequirement(cloudprovider.ReservationIDLabel, corev1.NodeSelectorOpDoesNotExist),
		scheduling.NewRequirement(karpenteraws.LabelCapacityReservationType, corev1.NodeSelectorOpDoesNotExist),
		scheduling.NewRequirement(karpenteraws.LabelCapacityReservationInterruptible, corev1.NodeSelectorOpDoesNotExist),
	}
}

// EC2's own answer to DescribeInstanceTypes, as far as Karpenter reads it.
func (t Type) info(name string) ec2types.InstanceTypeInfo {
	arch := map[string]ec2types.ArchitectureType{"amd64": ec2types.ArchitectureTypeX8664, "arm64": ec2types.ArchitectureTypeArm64}[t.Arch]
	info := ec2types.InstanceTypeInfo{
		InstanceType: ec2types.InstanceType(name),
		BareMetal:    ptr.To(t.BareMetal),
		Hypervisor:   ec2types.InstanceTypeHypervisor(t.Hypervisor),
		VCpuInfo:     &ec2types.VCpuInfo{DefaultVCpus: ptr.To(t.CPU)},
		MemoryInfo:   &ec2types.MemoryInfo{SizeInMiB: ptr.To(t.Memory)},
		ProcessorInfo: &ec2types.ProcessorInfo{
			SupportedArchitectures: []ec2types.ArchitectureType{arch}, Manufacturer: ptr.To(t.Maker), SustainedClockSpeedInGhz: ptr.To(t.Clock),
		},
		NetworkInfo: &ec2types.NetworkInfo{
			EncryptionInTransitSupported: ptr.To(t.Encryption), Ipv4AddressesPerInterface: ptr.To(t.Addresses),
			DefaultNetworkCardIndex: ptr.To(t.DefaultCard),
		},
		EbsInfo: &ec2types.EbsInfo{
			EbsOptimizedSupport: ec2types.EbsOptimizedSupportDefault,
			EbsOptimizedInfo:    &ec2types.EbsOptimizedInfo{MaximumBandwidthInMbps: ptr.To(t.EBSBandwidth)},
		},
	}
	for _, usage := range t.Usage {
		info.SupportedUsageClasses = append(info.SupportedUsageClasses, ec2types.UsageClassType(usage))
	}
	for _, cards := range t.Cards {
		for range cards.Count {
			info.NetworkInfo.NetworkCards = append(info.NetworkInfo.NetworkCards,
				ec2types.NetworkCardInfo{MaximumNetworkInterfaces: ptr.To(cards.Interfaces)})
		}
	}
	if t.EFA > 0 {
		info.NetworkInfo.EfaInfo = &ec2types.EfaInfo{MaximumEfaInterfaces: ptr.To(t.EFA)}
	}
	if t.NVMe > 0 {
		info.InstanceStorageInfo = &ec2types.InstanceStorageInfo{
			NvmeSupport: ec2types.EphemeralNvmeSupportRequired, TotalSizeInGB: ptr.To(t.NVMe),
		}
	}
	if t.GPUs > 0 {
		info.GpuInfo = &ec2types.GpuInfo{Gpus: []ec2types.GpuDeviceInfo{{
			Name: ptr.To(strings.ToUpper(t.GPU)), Manufacturer: ptr.To(strings.ToUpper(t.GPUMaker)), Count: ptr.To(t.GPUs),
			MemoryInfo: &ec2types.GpuDeviceMemoryInfo{SizeInMiB: ptr.To(t.GPUMemory)},
		}}}
	}
	return info
}
