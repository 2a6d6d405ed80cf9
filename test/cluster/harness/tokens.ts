import { claimsFor, inSeconds, Issuer, type Claims } from "../../services/tracer/issuer";
import type { Credentials } from "./credentials";
import type { StreamHop } from "./hops/webSocket";
import { eventually, type Platform } from "./platform";

const configMap = "tracer-jwks";
const file = "jwks.json";

/** An issuer whose key stands beside the platform's own in the tracer's key set. */
export class TokenIssuer {
    public readonly key = new Issuer("test-1");

    private constructor(
        private readonly platform: Platform,
        private readonly original: string,
        private readonly settings: { readonly iss: string; readonly aud: string },
    ) {}

    /** Adds the key; `withdraw` takes it back. */
    public static async install(platform: Platform): Promise<TokenIssuer> {
        const { core, namespace } = platform;
        const { data } = await core.readNamespacedConfigMap({ namespace, name: configMap });
        const issuer = new TokenIssuer(platform, data?.[file] ?? "", await settingsOf(platform));
        const { keys } = JSON.parse(issuer.original) as { keys: { kid?: string }[] };
        const others = keys.filter(({ kid }) => kid !== issuer.key.keyId);
        await issuer.write(JSON.stringify({ keys: [...others, issuer.key.jwk] }));
        return issuer;
    }

    public claims(credentials: Credentials, changes: Claims = {}): Claims {
        return claimsFor(credentials, { ...this.settings, exp: inSeconds(3600), ...changes });
    }

    public tokenFor(credentials: Credentials): string {
        return this.key.token(this.claims(credentials));
    }

    /** Waits until every pod knows the key: each has the ConfigMap at a time of its own. */
    public async believed(tracer: StreamHop): Promise<void> {
        const { credentials } = tracer;
        await eventually("token that every tracer believes", 120_000, async () => {
            const tries = Array.from({ length: 12 }, () => tracer.attempt({ credentials }));
            const outcomes = await Promise.all(tries);
            return outcomes.every((it) => it.kind === "answered" && it.status === 101) || undefined;
        });
    }

    public withdraw(): Promise<void> {
        return this.write(this.original);
    }

    private async write(text: string): Promise<void> {
        const { core, namespace } = this.platform;
        const body = await core.readNamespacedConfigMap({ namespace, name: configMap });
        body.data = { ...body.data, [file]: text };
        await core.replaceNamespacedConfigMap({ namespace, name: configMap, body });
    }
}

/** Whom the tracer's tokens have to be from and for, as its pods are told. */
async function settingsOf({ core, namespace }: Platform): Promise<{ iss: string; aud: string }> {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=tracer" });
    const env = items[0]?.spec?.containers[0]?.env ?? [];
    const value = (name: string): string => env.find((it) => it.name === name)?.value ?? "";
    return { iss: value("JWT_ISSUER"), aud: value("JWT_AUDIENCE") };
}
