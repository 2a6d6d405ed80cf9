import { Authority, type Credential } from "../gateway/credentials";
import { RunningPostgres } from "./runningPostgres";

export const host = "postgres.llm-platform-data.svc";

/** By role. */
export const passwords = {
    app_user: "only-the-application-knows",
    other_user: "only-the-other-one-knows",
    backup: "only-the-backup-knows",
};

export const roles = {
    roles: [
        { role: "app_user", database: "llm_platform" },
        { role: "other_user", database: "other" },
    ],
    replicationRoles: ["backup"],
};

type Files = Readonly<Record<string, string>>;

/** Whoever takes part: the authority, the database's certificate and a client's for each common name. */
export interface Cast {
    readonly authority: Authority;
    readonly server: Credential;
    readonly client: Readonly<Record<keyof typeof passwords | "postgres", Credential>>;
    /** A database of its own, not started. */
    database(files: Files, given?: Files): RunningPostgres;
}

export async function makeCast(): Promise<Cast> {
    const authority = await Authority.create();
    const server = await authority.leaf({ names: [host], use: "server" });
    const client = (commonName: string) =>
        authority.leaf({ names: ["api.llm-platform.svc"], use: "client", commonName });
    return {
        authority,
        server,
        client: {
            app_user: await client("app_user"),
            other_user: await client("other_user"),
            backup: await client("backup"),
            postgres: await client("postgres"),
        },
        database: (files, given = passwords) =>
            new RunningPostgres({ files, server, root: authority.root, passwords: given }),
    };
}
