/** A headless Chromium, from Debian's package, over its own protocol: what it sees, draws and prints of a page. */
import axe from "axe-core";
import { installPackages } from "../lab/install/apt.ts";
import { exists } from "../lab/shell.ts";

const PROGRAM = "/usr/bin/chromium-headless-shell";

type Answer = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Answer;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

/** What axe finds against a rule. */
export interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** One tab of a Chromium of its own. */
export class Browser implements AsyncDisposable {
  /** What the page asked for and what it complained about. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listening = new Map<string, () => void>();
  #session: string | undefined;
  #last = 0;

  private constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  static async open(): Promise<Browser> {
    if (!(await exists(PROGRAM))) await installPackages(["chromium-headless-shell"]);
    const profile = await Deno.makeTempDir({ prefix: "unitune-browser-" });
    const flags = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0"];
    const process = new Deno.Command(PROGRAM, {
      args: [...flags, `--user-data-dir=${profile}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const socket = new WebSocket(await addressOf(process.stderr));
    await new Promise((resolve, reject) => (socket.onopen = resolve, socket.onerror = reject));
    const browser = new Browser(process, profile, socket);
    const { targetId } = await browser.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.call("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await browser.call(`${domain}.enable`);
    return browser;
  }

  /** Opens a file, as a person does. */
  async show(file: string, media: Readonly<Record<string, string>> = {}, width = 1280): Promise<void> {
    const features = Object.entries(media).map(([name, value]) => ({ name, value }));
    await this.call("Emulation.setEmulatedMedia", { features });
    await this.call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
    const loaded = new Promise<void>((resolve) => this.#listening.set("Page.loadEventFired", resolve));
    await this.call("Page.navigate", { url: `file://${file}` });
    await loaded;
  }

  /** The value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const answer = await this.call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (answer.exceptionDetails) throw new Error(`${expression.slice(0, 80)}: ${JSON.stringify(answer.result)}`);
    return (answer.result as { readonly value?: unknown }).value;
  }

  /** What axe finds wrong with the page: WCAG 2.2 A and AA, and best practices. */
  async violations(): Promise<readonly Violation[]> {
    await this.value(`${axe.source}; undefined`);
    return JSON.parse(
      await this.value("axe.run(document).then((found) => JSON.stringify(found.violations))") as string,
    );
  }

  async press(key: string): Promise<void> {
    for (const type of ["keyDown", "keyUp"]) {
      await this.call("Input.dispatchKeyEvent", {
        type,
        key,
        code: key,
        windowsVirtualKeyCode: key === "Tab" ? 9 : 13,
      });
    }
  }

  /** A picture of the whole page. */
  async screenshot(file: string): Promise<void> {
    const { data } = await this.call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    await Deno.writeFile(file, Uint8Array.fromBase64(data as string));
  }

  /** The page on paper, as the bytes of a PDF. */
  async print(): Promise<Uint8Array> {
    return Uint8Array.fromBase64((await this.call("Page.printToPDF")).data as string);
  }

  async call(method: string, params: Answer = {}): Promise<Answer> {
    const id = ++this.#last, session = this.#session === undefined ? {} : { sessionId: this.#session };
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  #receive({ id, method, params, ...message }: Message): void {
    if (id !== undefined) return this.#waiting.get(id)?.({ id, ...message });
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params as { request: { url: string } }).request.url);
    } else if (method === "Log.entryAdded" || method === "Runtime.exceptionThrown") {
      this.complaints.push(JSON.stringify(params));
    }
    this.#listening.get(method!)?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.call("Browser.close");
    await this.#process.status;
    this.#socket.close();
    await Deno.remove(this.#profile, { recursive: true });
  }
}

/** Chromium says on stderr where it listens; what it says later is nobody's business. */
async function addressOf(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const [first, rest] = stderr.tee();
  void rest.pipeTo(new WritableStream()).catch(() => {});
  for await (const part of first.pipeThrough(new TextDecoderStream())) {
    text += part;
    const [, address] = /DevTools listening on (ws:\S+)\s/.exec(text) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`Chromium ended: ${text}`);
}
