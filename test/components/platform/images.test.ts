import { readFileSync } from "node:fs";
import { join } from "node:path";
import { madePlatform } from "./fixture";

interface Container {
    readonly name: string;
    readonly command: readonly string[];
    readonly env?: readonly { readonly name: string }[];
    readonly ports?: readonly { readonly containerPort: number }[];
    readonly volumeMounts: readonly { readonly mountPath: string }[];
}

const text = readFileSync(join(__dirname, "../../../docs/images.md"), "utf8");

let containers: readonly Container[];

beforeAll(async () => {
    const { resources } = await madePlatform();
    containers = resources
        .filter(({ type }) => /:(?:Deployment|StatefulSet)$/.test(type))
        .flatMap(({ inputs }) => {
            const { template } = inputs.spec as {
                template: { spec: { containers: Container[] } };
            };
            return template.spec.containers;
        });
});

const distinct = (values: readonly string[]) => [...new Set(values)].sort();

it("describes every variable that a pod is given", () => {
    const names = distinct(containers.flatMap(({ env = [] }) => env.map(({ name }) => name)));
    expect(names).toHaveLength(39);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

it("describes every directory that a container sees", () => {
    const paths = distinct(
        containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ mountPath }) => mountPath)),
    );
    expect(paths).toHaveLength(18);
    expect(paths.filter((path) => !text.includes(`\`${path}`))).toEqual([]);
});

it("describes every command and every port", () => {
    const commands = distinct(containers.map(({ command }) => command.join(" ")));
    expect(commands).toHaveLength(5);
    expect(commands.filter((command) => !text.includes(`\`${command}\``))).toEqual([]);
    const ports = distinct(
        containers.flatMap(({ ports = [] }) =>
            ports.map(({ containerPort }) => String(containerPort)),
        ),
    );
    expect(ports).toHaveLength(8);
    expect(ports.filter((port) => !text.includes(`| ${port} `))).toEqual([]);
});
