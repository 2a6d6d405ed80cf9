import { join } from "node:path";
import { SmallProject } from "../engine/smallProject";
import { connectPlatform, type Platform } from "./harness/platform";
import { administrator, ask, certificate, memberOf, must, outcomeOf } from "./harness/team";

/** A team leaves in two steps, each an `up` of the real engine, of a stack that has this one tenant on the platform's issuer. */
const namespace = "leavers";
const team = memberOf("leavers-team");
const run = Date.now().toString(36);

let platform: Platform;
let project: SmallProject;

const up = (): void => {
    project.must(["up", "--yes", "--skip-preview"]);
};
const asks = (name: string): Promise<string> => {
    must(team, ["apply", "--filename=-"], [certificate(namespace, name, {})]);
    return outcomeOf(namespace, name);
};
const exists = (kind: string, name: string, ...more: string[]): boolean =>
    ask(administrator, ["get", kind, name, ...more]).permitted;

beforeAll(async () => {
    platform = await connectPlatform();
    project = SmallProject.linked(join(__dirname, "leavingTeam"));
    const { outputs, trust } = platform;
    const values = {
        issuerName: "internal-ca",
        trustBundleName: String(outputs.trustBundleName),
        root: trust,
    };
    const flags = Object.entries(values).map(([key, value]) => `--plaintext=${key}=${value}`);
    project.must(["config", "set-all", ...flags]);
    up();
});

afterAll(() => {
    project.run(["destroy", "--yes", "--skip-preview"]);
    project.remove();
    ask(administrator, ["delete", "namespace", namespace, "--ignore-not-found"]);
});

it("has certificates while it is there", async () => {
    expect(await asks(`before-${run}`)).toBe("issued");
});

it("gets none any more once it is on its way out; what it has stays", async () => {
    project.must(["config", "set", "offboarding", "true"]);
    up();
    expect(await asks(`after-${run}`)).toContain("not applicable for any policy");
    expect(exists("secret", `before-${run}`, "--namespace", namespace)).toBe(true);
    expect(exists("certificaterequestpolicy", "leavers-server")).toBe(false);
});

it("can ask again where that was a mistake", async () => {
    project.must(["config", "set", "offboarding", "false"]);
    up();
    expect(await asks(`again-${run}`)).toBe("issued");
    project.must(["config", "set", "offboarding", "true"]);
    up();
});

it("loses its namespace by the second step, with what admission policies guard in it", () => {
    expect(exists("namespace", namespace)).toBe(true);
    project.must(["destroy", "--yes", "--skip-preview"]);
    expect(exists("namespace", namespace)).toBe(false);
});
