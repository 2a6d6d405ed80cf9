// approver-policy as it is released, without plugins.
package main

import "github.com/cert-manager/approver-policy/pkg/cmd"

func main() { cmd.ExecutePolicyApprover() }
