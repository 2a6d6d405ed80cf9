import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { coreDnsBinary } from "../build/goBinaries";
import { ensureBinary } from "../build/goBuild";
import { nodeBinary, projectRoot, type LabPaths } from "../cache";
import { run } from "../host/run";
import type { Image, Layer } from "./archive";
import { ensureDebianRoot } from "./debian";
import { ensureLayer, layerDigest, type LayerFiles } from "./layers";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the Debian root file system is by itself: one layer under several names, each with its own user and start. */
const DAEMONS: readonly Omit<Image, "layers">[] = [
    { reference: "lab/pause:1", config: { Entrypoint: ["/usr/bin/catatonit", "-P"] } },
    {
        reference: "lab/nginx:1.26",
        config: { User: "101:101", Cmd: ["nginx", "-g", "daemon off;"] },
    },
    {
        reference: "lab/postgres:17",
        config: {
            User: "999:999",
            // Debian keeps each major version's programs by themselves.
            Env: [`PATH=/usr/lib/postgresql/17/bin:${PATH}`],
            Cmd: ["postgres"],
        },
    },
    { reference: "lab/redis:8.0", config: { User: "999:999", Cmd: ["redis-server"] } },
];

/** Programs of ours that run in pods: the folder that `npm run build` fills, and the image that carries it in `/app`. */
const APPLICATIONS = [
    { reference: "lab/api:0.1.0", folder: "services/api" },
    { reference: "lab/agent-mesh:0.1.0", folder: "services/agent-mesh" },
    { reference: "lab/tracer:0.1.0", folder: "services/tracer" },
    { reference: "lab/reloader:0.1.0", folder: "services/reloader" },
    { reference: "lab/orders:0.1.0", folder: "services/orders" },
    { reference: "lab/verify:0.1.0", folder: "verify" },
];

/** Builds what our own images carry, then describes all images of the lab; everything is named by content, so little is done twice. */
export async function ensureImages(
    paths: LabPaths,
    report: (line: string) => void,
): Promise<Image[]> {
    const debian = await digested((await ensureDebianRoot(paths)).layer);
    const layer = async (files: LayerFiles): Promise<Layer> =>
        digested(await ensureLayer(files, paths));
    const node = await layer({ "/usr/local/bin/node": nodeBinary });
    const coredns = await ensureBinary(coreDnsBinary, paths, report);
    const images: Image[] = [
        {
            reference: "lab/coredns:1",
            layers: [await layer({ "/coredns": coredns })],
            config: { Entrypoint: ["/coredns"] },
        },
        ...DAEMONS.map(({ reference, config }) => ({
            reference,
            layers: [debian],
            config: { Env: [`PATH=${PATH}`], ...config },
        })),
    ];
    for (const { reference, folder } of APPLICATIONS) {
        images.push({
            reference,
            layers: [debian, node, await layer(await buildApplication(folder))],
            config: {
                User: "1000:1000",
                WorkingDir: "/app",
                Env: [`PATH=${PATH}`],
                Cmd: ["node"],
            },
        });
    }
    return images;
}

async function buildApplication(folder: string): Promise<LayerFiles> {
    const dist = path.join(projectRoot, folder, "dist");
    await run("npm", ["run", "--silent", "build", "--workspace", folder], { cwd: projectRoot });
    const names = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith(".js")) : [];
    if (names.length === 0) throw new Error(`${folder}: its build left no program in dist/`);
    return Object.fromEntries(names.map((name) => [`/app/${name}`, path.join(dist, name)]));
}

async function digested(file: string): Promise<Layer> {
    return { file, digest: await layerDigest(file) };
}
