// Asks Karpenter's own scheduler which node a pod would get: pods, pools, classes and reservations in as JSON, each
// pod's instance type with its on-demand price out, or why none fits. EC2's answers come from the catalogue's files;
// what a type can hold is computed by Karpenter's own code for the classes' disks and network interfaces.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"

	karpenteraws "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	awsoptions "github.com/aws/karpenter-provider-aws/pkg/operator/options"
	"github.com/go-logr/logr"
	"github.com/samber/lo"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/log"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/operator/options"
)

// Question is what is asked.
type Question struct {
	Region string `json:"region"`
	// Zones that the nodes' subnets are in.
	Zones        []karpenteraws.ZoneInfo      `json:"zones"`
	NodePools    []*karpenter.NodePool        `json:"nodePools"`
	NodeClasses  []*karpenteraws.EC2NodeClass `json:"nodeClasses"`
	Reservations []Reservation                `json:"reservations"`
	Pods         []*corev1.Pod                `json:"pods"`
	// Pods of DaemonSets that run on every node that lets them.
	DaemonPods []*corev1.Pod `json:"daemonPods"`
}

// Reservation is a capacity reservation that a class has found.
type Reservation struct {
	ID           string `json:"id"`
	NodeClass    string `json:"nodeClass"`
	InstanceType string `json:"instanceType"`
	Zone         string `json:"zone"`
	Free         int    `json:"free"`
}

// Node is one that Karpenter would launch: the cheapest of the types that fit.
type Node struct {
	Pods         []string `json:"pods"`
	NodePool     string   `json:"nodePool"`
	InstanceType string   `json:"instanceType"`
	CapacityType string   `json:"capacityType"`
	Zones        []string `json:"zones"`
	// On demand, USD an hour in us-east-1; 0 where the catalogue has none.
	USDPerHour float64 `json:"usdPerHour"`
	// How many types would do.
	Types int `json:"types"`
}

// Answer is what the scheduler says.
type Answer struct {
	Nodes []Node `json:"nodes"`
	// Pod to the reason why it gets none.
	Pending map[string]string `json:"pending"`
}

func main() {
	types := flag.String("types", "", "the catalogue's instance-types.json")
	offerings := flag.String("offerings", "", "the catalogue's offerings.json")
	flag.Parse()
	answer, err := ask(*types, *offerings)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		panic(err)
	}
}

func ask(types, offerings string) (*Answer, error) {
	var question Question
	if err := json.NewDecoder(os.Stdin).Decode(&question); err != nil {
		return nil, fmt.Errorf("reading the question, %w", err)
	}
	catalogue, err := readCatalogue(types, offerings)
	if err != nil {
		return nil, err
	}
	ctx := log.IntoContext(context.Background(), logr.Discard())
	ctx = options.ToContext(ctx, &options.Options{
		PreferencePolicy:  options.PreferencePolicyRespect,
		MinValuesPolicy:   options.MinValuesPolicyStrict,
		IgnoreDRARequests: true,
		FeatureGates:      options.FeatureGates{ReservedCapacity: true},
	})
	ctx = awsoptions.ToContext(ctx, &awsoptions.Options{VMMemoryOverheadPercent: 0.075})
	return solve(ctx, &question, catalogue)
}

func solve(ctx context.Context, question *Question, catalogue *Catalogue) (*Answer, error) {
	namespace := &corev1.Namespace{}
	namespace.SetName("default")
	kube := fake.NewClientBuilder().WithScheme(scheme.Scheme).WithObjects(namespace).
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(o client.Object) []string { return []string{o.(*corev1.Pod).Spec.NodeName} }).Build()
	instanceTypes := map[string][]*cloudprovider.InstanceType{}
	for _, pool := range question.NodePools {
		found, err := catalogue.typesOf(ctx, question, pool)
		if err != nil {
			return nil, err
		}
		instanceTypes[pool.Name] = found
	}
	cluster := state.NewCluster(clock.RealClock{}, kube, nil)
	recorder := events.NewRecorder(&silent{})
	topology, err := scheduling.NewTopology(ctx, kube, cluster, nil, question.NodePools, instanceTypes, question.Pods)
	if err != nil {
		return nil, err
	}
	scheduler := scheduling.NewScheduler(ctx, kube, question.NodePools, cluster, nil, topology, instanceTypes,
		question.DaemonPods, recorder, clock.RealClock{}, nil, nil)
	results, err := scheduler.Solve(ctx, question.Pods)
	if err != nil {
		return nil, err
	}
	return answerOf(results, catalogue), nil
}

func answerOf(results scheduling.Results, catalogue *Catalogue) *Answer {
	answer := &Answer{Nodes: []Node{}, Pending: map[string]string{}}
	for _, claim := range results.NewNodeClaims {
		claim.FinalizeScheduling()
		fitting := claim.InstanceTypeOptions.OrderByPrice(claim.Requirements)
		offerings := fitting[0].Offerings.Available().Compatible(claim.Requirements)
		// A node that gets a reservation has no other capacity type left.
		if claim.Requirements.Get(karpenter.CapacityTypeLabelKey).Len() > 1 {
			offerings = lo.Reject(offerings, func(one *cloudprovider.Offering, _ int) bool {
				return one.CapacityType() == karpenter.CapacityTypeReserved
			})
		}
		node := Node{
			NodePool:     claim.NodePoolName,
			InstanceType: fitting[0].Name,
			CapacityType: offerings.Cheapest().CapacityType(),
			USDPerHour:   catalogue.Types[fitting[0].Name].Price,
			Types:        len(fitting),
		}
		for _, pod := range claim.Pods {
			node.Pods = append(node.Pods, pod.Name)
		}
		zones := map[string]bool{}
		for _, one := range offerings {
			zones[one.Zone()] = true
		}
		for zone := range zones {
			node.Zones = append(node.Zones, zone)
		}
		sort.Strings(node.Pods)
		sort.Strings(node.Zones)
		answer.Nodes = append(answer.Nodes, node)
	}
	for pod, err := range results.PodErrors {
		answer.Pending[pod.Name] = err.Error()
	}
	return answer
}

// silent takes Karpenter's events, which nobody reads here.
type silent struct{}

func (*silent) Event(runtime.Object, string, string, string)                  {}
func (*silent) Eventf(runtime.Object, string, string, string, ...interface{}) {}
func (*silent) AnnotatedEventf(runtime.Object, map[string]string, string, string, string, ...interface{}) {
}
