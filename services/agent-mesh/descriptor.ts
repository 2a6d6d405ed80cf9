import type { fromJSON } from "@grpc/proto-loader";

/** `agent_mesh.proto` as JSON, since the image holds programs and no other file. A test holds the two together. */
export const descriptor: Parameters<typeof fromJSON>[0] = {
    nested: {
        agentmesh: {
            nested: {
                v1: {
                    nested: {
                        AgentMeshService: {
                            methods: {
                                RegisterAgent: {
                                    requestType: "RegisterAgentRequest",
                                    responseType: "Registration",
                                    comment: "",
                                },
                                RenewAgent: {
                                    requestType: "RenewAgentRequest",
                                    responseType: "Registration",
                                    comment: "",
                                },
                            },
                        },
                        RegisterAgentRequest: {
                            fields: {
                                agentId: { type: "string", id: 1 },
                                capabilities: { rule: "repeated", type: "string", id: 2 },
                            },
                        },
                        RenewAgentRequest: { fields: { agentId: { type: "string", id: 1 } } },
                        Registration: {
                            fields: {
                                agentId: { type: "string", id: 1 },
                                identity: { type: "string", id: 2 },
                                capabilities: { rule: "repeated", type: "string", id: 3 },
                                leaseSeconds: { type: "uint32", id: 4 },
                            },
                        },
                    },
                },
            },
        },
    },
};
