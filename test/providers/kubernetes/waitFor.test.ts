import { parseWaitFor } from "../../../lab/providers/kubernetes/await/waitFor";
import type { View } from "../../../lab/providers/kubernetes/await/verdict";

const nothingElse: View = {
    get: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
};

const object = {
    metadata: { annotations: { "example.org/phase": "done" } },
    spec: { replicas: 2 },
    status: {
        phase: "Running",
        ready: true,
        conditions: [
            { type: "Ready", status: "True" },
            { type: "Degraded", status: "False" },
        ],
        ingress: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }],
    },
};

it.each([
    "condition=Ready",
    "condition=Ready=true",
    "condition=Degraded=False",
    "jsonpath={.status.phase}",
    "jsonpath={.status.phase}=Running",
    'jsonpath={.status.phase}="Running"',
    "jsonpath=.status.phase=Running",
    "jsonpath={.status.ready}=true",
    "jsonpath={.spec.replicas}=2",
    "jsonpath={.status.ingress[0].ip}=10.0.0.1",
    "jsonpath={.status.ingress[-1].ip}=10.0.0.2",
    "jsonpath={.status.ingress[*].ip}=10.0.0.2",
    'jsonpath={.status.conditions[?(@.type=="Ready")].status}=True',
    "jsonpath={.metadata.annotations.example\\.org/phase}=done",
    "jsonpath={.metadata.annotations['example.org/phase']}=done",
    '["condition=Ready", "jsonpath={.status.phase}=Running"]',
])("is ready by %s", async (text) => {
    expect(await parseWaitFor(text)(object, nothingElse)).toEqual({ is: "ready" });
});

it.each([
    ["condition=Missing", "condition Missing is absent, not True"],
    ["condition=Degraded", "condition Degraded is False, not True"],
    ["jsonpath={.status.missing}", "{.status.missing} is nothing"],
    ["jsonpath={.status.phase}=Stopped", "{.status.phase} is Running, not Stopped"],
    [
        "jsonpath={.status.ingress[*].ip}=10.0.0.3",
        "{.status.ingress[*].ip} is 10.0.0.1, 10.0.0.2, not 10.0.0.3",
    ],
    ['["condition=Ready", "condition=Missing"]', "condition Missing is absent, not True"],
])("waits by %s", async (text, why) => {
    expect(await parseWaitFor(text)(object, nothingElse)).toEqual({ is: "waiting", why });
});

it.each([
    ["Ready", '"Ready" begins neither with condition= nor with jsonpath='],
    ["condition=", '"condition=" is not of the form condition=Type or condition=Type=Status'],
    [
        "condition=A=B=C",
        '"condition=A=B=C" is not of the form condition=Type or condition=Type=Status',
    ],
    [
        "jsonpath={.a}=",
        '"jsonpath={.a}=" is not of the form jsonpath={path} or jsonpath={path}=value',
    ],
    [
        "jsonpath={range .items[*]}",
        'JSONPath {range .items[*]} is not supported from " .items[*]" on',
    ],
    ["jsonpath={.a[1:2]}", 'JSONPath {.a[1:2]} is not supported from "[1:2]" on'],
    ["[]", "at least one condition must be given"],
    ["[1]", "[1] is no JSON list of strings"],
    ["[condition=Ready]", "[condition=Ready] is no JSON list of conditions"],
])("refuses %s", (text, message) => {
    expect(() => parseWaitFor(text)).toThrow(new Error(message));
});
