const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("trivial", {
    policies: [
        {
            name: "refuses-nothing",
            description: "Looks at each resource's type and accepts it.",
            enforcementLevel: "mandatory",
            validateResource: (args, report) => {
                if (args.type === "") report("a resource without a type");
            },
        },
    ],
});
