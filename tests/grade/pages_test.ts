/**
 * The pages in a real browser: axe finds nothing, in light and in dark, on a narrow and a wide screen; nothing is loaded
 * and nothing complains; the keyboard reaches everything; paper shows what is folded. `UNITUNE_SCREENSHOTS=DIR` keeps
 * the pictures.
 */
import assert from "node:assert/strict";
import { planPage } from "../../lib/pages/plan.ts";
import { runPage } from "../../lib/pages/run.ts";
import { statusPage } from "../../lib/pages/status.ts";
import { HOSTILE, PLAN, REPORT, STATUS } from "../pages/samples.ts";
import { Browser } from "./browser.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-pages-" });
const pictures = Deno.env.get("UNITUNE_SCREENSHOTS") ?? folder;
const PAGES = { plan: planPage(PLAN), run: runPage(PLAN, REPORT), status: statusPage(STATUS) } as const;
let browser: Browser;

Deno.test.beforeAll(async () => {
  for (const [name, text] of Object.entries(PAGES)) await Deno.writeTextFile(`${folder}/${name}.html`, text);
  await Deno.mkdir(pictures, { recursive: true });
  browser = await Browser.open();
});
Deno.test.afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

for (const name of Object.keys(PAGES)) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 400]) {
      Deno.test(`axe finds nothing on the page of a ${name}, ${scheme}, ${width} wide`, async () => {
        await browser.show(`${folder}/${name}.html`, { "prefers-color-scheme": scheme }, width);
        assert.deepEqual(await browser.violations(), []);
        await browser.screenshot(`${pictures}/${name}-${scheme}-${width}.png`);
        const background = await browser.value("getComputedStyle(document.body).backgroundColor");
        assert.equal(background, scheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
        // Tables scroll in regions of their own; the page itself never does sideways.
        assert.equal(await browser.value("document.documentElement.scrollWidth <= innerWidth"), true);
      });
    }
  }
}

Deno.test("axe does find what is wrong with a page", async () => {
  await Deno.writeTextFile(`${folder}/wrong.html`, PAGES.plan.replace('<html lang="en">', "<html>"));
  await browser.show(`${folder}/wrong.html`);
  assert.deepEqual((await browser.violations()).map(({ id }) => id), ["html-has-lang"]);
  browser.requests.length = 0;
});

Deno.test("the pages load nothing but themselves, and nothing in them is refused or fails", async () => {
  for (const name of Object.keys(PAGES)) await browser.show(`${folder}/${name}.html`);
  assert.deepEqual(browser.requests, Object.keys(PAGES).map((name) => `file://${folder}/${name}.html`));
  assert.deepEqual(browser.complaints, []);
});

Deno.test("what others wrote is text: it makes no element, and reads as it was written", async () => {
  await browser.show(`${folder}/plan.html`);
  assert.equal(
    await browser.value("document.querySelectorAll('img, script:not([type=\"application/json\"])').length"),
    0,
  );
  const cell = "[...document.querySelectorAll('td')].filter((cell) => cell.textContent === text).length";
  assert.ok(await browser.value(`((text) => ${cell})(${JSON.stringify(HOSTILE)})`));
});

Deno.test("the data in the page is the document", async () => {
  for (
    const [name, kinds] of Object.entries({
      plan: { plan: PLAN },
      run: { plan: PLAN, report: REPORT },
      status: { status: STATUS },
    })
  ) {
    await browser.show(`${folder}/${name}.html`);
    for (const [kind, document] of Object.entries(kinds)) {
      const text = await browser.value(`document.getElementById("${kind}-json").textContent`);
      assert.deepEqual(JSON.parse(text as string), JSON.parse(JSON.stringify(document)));
    }
  }
});

Deno.test("the keyboard goes from the skip link over the contents to every table, in the order of the page", async () => {
  await browser.show(`${folder}/plan.html`);
  const reached: string[] = [];
  const focused =
    `(({ tagName, className, href = "", ariaLabel }) => [tagName, className, ariaLabel ?? href.split("#")[1] ?? ""].join(" "))(document.activeElement)`;
  for (let at = 0; at < 80; at++) {
    await browser.press("Tab");
    const one = await browser.value(focused) as string;
    if (one.startsWith("BODY")) break;
    reached.push(one);
  }
  assert.equal(reached[0], "A skip content");
  assert.equal(reached[1], "A  plan");
  const regions = await browser.value(
    `[...document.querySelectorAll("[role=region]")].map(({ ariaLabel }) => ariaLabel)`,
  );
  const tables = reached.filter((one) => one.startsWith("DIV scroll ")).map((one) => one.slice("DIV scroll ".length));
  assert.deepEqual(tables, regions);
  await browser.show(`${folder}/plan.html`);
  await browser.press("Tab");
  await browser.press("Enter");
  assert.equal(await browser.value("location.hash"), "#content");
});

Deno.test("on paper the contents are left out, folded parts are open, and nothing is cut", async () => {
  const stacks = {
    stack: "acme-vpc",
    exists: false,
    changes: [{ logicalId: "Vpc", resourceType: "AWS::EC2::VPC", action: "add" }],
  };
  const created = { kind: "stacks", id: "stacks", after: [], action: "create", diffs: [stacks], kubernetes: null };
  await Deno.writeTextFile(
    `${folder}/new.html`,
    planPage({ ...PLAN, changes: [created] as unknown as typeof PLAN.changes }),
  );
  await browser.show(`${folder}/new.html`);
  const shown = `document.querySelector("details").offsetHeight > 60`;
  const contents = `getComputedStyle(document.querySelector("nav")).display`;
  assert.deepEqual([await browser.value(shown), await browser.value(contents)], [false, "block"]);
  await browser.call("Emulation.setEmulatedMedia", { media: "print" });
  assert.deepEqual([await browser.value(shown), await browser.value(contents)], [true, "none"]);
  const pdf = await browser.print();
  assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
  await Deno.writeFile(`${pictures}/plan.pdf`, pdf);
  await browser.call("Emulation.setEmulatedMedia", { media: "" });
});
