import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { imageErrors, stackErrors, surroundingErrors } from "./conformanceErrors";
import { leftOut } from "./leftOut";

const root = join(__dirname, "..", "..");

describe("before anything is asked", () => {
    const surroundings = { env: { KUBECONFIG: "/k" }, stack: "dev", hasStackFile: true };

    it("lets a named cluster and a stack with a file pass", () => {
        expect(surroundingErrors(surroundings)).toEqual([]);
    });

    it.each([{}, { KUBECONFIG: "" }])("refuses where no cluster is named: %j", (env) => {
        expect(surroundingErrors({ ...surroundings, env })).toEqual([
            "KUBECONFIG: not set; name the file of the cluster that is to be attacked, make conformance KUBECONFIG=FILE",
        ]);
    });

    it("refuses a stack without a file", () => {
        expect(
            surroundingErrors({ ...surroundings, stack: "elsewhere", hasStackFile: false }),
        ).toEqual([
            "STACK: stacks/Pulumi.elsewhere.yaml is not there; name a stack by make conformance STACK=NAME",
        ]);
    });
});

describe("a stack", () => {
    type Config = Parameters<typeof stackErrors>[0];
    const config = {
        environment: "dev",
        pki: { rootMode: "managed" },
        tracer: { origins: ["https://console.dev.bluefly.io"] },
    } as unknown as Config;
    const deployed = { stack: "dev", outputs: { contractVersion: 1 }, hasEvidence: true };

    it("may be attacked where it is up and nobody works on it", () => {
        expect(stackErrors(config, deployed)).toEqual([]);
    });

    it.each<[string, Partial<Record<keyof Config, unknown>>, string]>([
        [
            "of production",
            { environment: "prod" },
            '[environment] is "prod"; allowed lab, dev: certificates are forged with the cluster\'s own CA and connections are cut; use a stack that nobody works on',
        ],
        [
            "with an offline root",
            { pki: { rootMode: "offline" } },
            '[pki.rootMode] is "offline"; allowed managed: the tests step the authorities of stacks of their own; use a stack with a managed root',
        ],
        [
            "without an origin",
            { tracer: { origins: [] } },
            "[tracer.origins] is []; allowed at least one origin, since one is tried; name one",
        ],
    ])("is refused %s", (_case, change, line) => {
        expect(stackErrors({ ...config, ...change } as Config, deployed)).toEqual([line]);
    });

    it.each([
        [
            "that the engine does not know",
            { outputs: "error: no stack named 'dev' found" },
            "stack dev: its outputs cannot be read, error: no stack named 'dev' found; make up STACK=dev first",
        ],
        [
            "of which nothing is deployed",
            { outputs: {} },
            "stack dev: nothing is deployed; make up STACK=dev first",
        ],
        [
            "that was not verified",
            { hasEvidence: false },
            "evidence: evidence/verify.json is not there; make up STACK=dev writes it",
        ],
    ])("is refused %s", (_case, change, line) => {
        expect(stackErrors(config, { ...deployed, ...change })).toEqual([line]);
    });
});

describe("images", () => {
    const image = "registry.dev.bluefly.io/api:0.1.0";
    const pod = (state: Record<string, unknown>) =>
        ({ status: { containerStatuses: [{ image, state }] } }) as unknown as Parameters<
            typeof imageErrors
        >[0][number];

    it("that the cluster got are not spoken of", () => {
        const starting = pod({ waiting: { reason: "ContainerCreating" } });
        expect(imageErrors([pod({ running: {} }), starting, {}])).toEqual([]);
    });

    it("that it does not get are named once", () => {
        const waiting = pod({ waiting: { reason: "ImagePullBackOff" } });
        expect(imageErrors([waiting, waiting, pod({ running: {} })])).toEqual([
            `images: the cluster does not get ${image}, ImagePullBackOff; build it as docs/images.md says and name it in the stack's file`,
        ]);
    });
});

describe("what conformance leaves out", () => {
    const lists = ["test/engine", "test/cluster"].flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".test.ts"))
            .map((file) => `${folder}/${file}`),
    );

    it("is there to be left out, with a reason", () => {
        for (const [file, reason] of Object.entries(leftOut)) {
            expect(lists).toContain(file);
            expect(reason.length).toBeGreaterThan(20);
        }
    });

    it("is all that needs the lab's machine, and only that", () => {
        const needing = lists.filter((file) => needsMachine(join(root, file), new Set()));
        expect(needing.sort()).toEqual(Object.keys(leftOut).sort());
    });

    /** Knows the lab's way into the cluster beside the other. */
    const bothWays = join(root, "test", "cluster", "harness", "reach");

    /** Whether a file, or one of the tests' own that it imports, uses the lab's programs, the machine's processes or a moved clock. */
    function needsMachine(file: string, seen: Set<string>): boolean {
        if (seen.has(file)) return false;
        seen.add(file);
        const text = readFileSync(file, "utf8");
        const imported = [...text.matchAll(/from "(\.[^"]*)"/g)].map(([, path = ""]) =>
            join(file, "..", path),
        );
        if (
            /lab\/main\.ts|"\/proc"|CLOCK_OFFSET_MS/.test(text) ||
            imported.some((it) => it.startsWith(join(root, "lab")))
        )
            return true;
        return imported
            .filter((it) => it.startsWith(join(root, "test")) && it !== bothWays)
            .some((it) => needsMachine(`${it}.ts`, seen));
    }
});
