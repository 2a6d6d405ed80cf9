import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { coreDnsBinary } from "../build/goBinaries";
import { ensureBinary } from "../build/goBuild";
import { nodeBinary, projectRoot, type LabPaths } from "../cache";
import { run } from "../host/run";
import type { Image, Layer } from "./archive";
import { ensureDebianRoot } from "./debian";
import { ensureLayer, layerDigest, type LayerFiles } from "./layers";

/** Programs of ours that run in pods: the folder that `npm run build` fills, and the image that carries it in `/app`. */
const APPLICATIONS = [
    { reference: "lab/api:0.1.0", folder: "services/api" },
    { reference: "lab/verify:0.1.0", folder: "verify" },
];

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
            reference: "lab/pause:1",
            layers: [debian],
            config: { Entrypoint: ["/usr/bin/catatonit", "-P"], Env: [PATH] },
        },
        {
            reference: "lab/coredns:1",
            layers: [await layer({ "/coredns": coredns })],
            config: { Entrypoint: ["/coredns"] },
        },
        {
            reference: "lab/nginx:1.26",
            layers: [debian],
            config: { Cmd: ["nginx", "-g", "daemon off;"], User: "101:101", Env: [PATH] },
        },
    ];
    for (const { reference, folder } of APPLICATIONS) {
        const config = { User: "1000:1000", WorkingDir: "/app", Env: [PATH], Cmd: ["node"] };
        images.push({
            reference,
            layers: [debian, node, await layer(await buildApplication(folder))],
            config,
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
