// A provider of Terraform in place of hashicorp/aws, which no package registry has: the two types of resources that
// infra/package/terraform uses, with the attributes of the provider's documents. It calls nothing: each resource that is made,
// changed or deleted becomes a line of the file PROVIDER_LOG. The outputs of a stack are made up.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var texts = tftypes.Map{ElementType: tftypes.String}

func attribute(name string, kind tftypes.Type, use string) *tfprotov6.SchemaAttribute {
	return &tfprotov6.SchemaAttribute{
		Name: name, Type: kind,
		Required: use == "required", Optional: use == "optional", Computed: use == "computed",
	}
}

func schemaOf(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
}

var resources = map[string]*tfprotov6.Schema{
	"aws_s3_object": schemaOf(
		attribute("bucket", tftypes.String, "required"),
		attribute("key", tftypes.String, "required"),
		attribute("source", tftypes.String, "optional"),
		attribute("source_hash", tftypes.String, "optional"),
		attribute("id", tftypes.String, "computed"),
	),
	"aws_cloudformation_stack": schemaOf(
		attribute("name", tftypes.String, "required"),
		attribute("template_url", tftypes.String, "optional"),
		attribute("parameters", texts, "optional"),
		attribute("capabilities", tftypes.Set{ElementType: tftypes.String}, "optional"),
		attribute("outputs", texts, "computed"),
		attribute("id", tftypes.String, "computed"),
	),
}

// The methods that no test reaches are those of the empty interface: they end the provider.
type provider struct{ tfprotov6.ProviderServer }

func (provider) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{ServerCapabilities: &tfprotov6.ServerCapabilities{}}, nil
}

func (provider) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{
		Provider:           schemaOf(),
		ResourceSchemas:    resources,
		ServerCapabilities: &tfprotov6.ServerCapabilities{},
	}, nil
}

func (provider) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (provider) ValidateProviderConfig(_ context.Context, request *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (provider) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (provider) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (provider) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (provider) UpgradeResourceState(_ context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	kind := resources[request.TypeName].ValueType()
	state, err := request.RawState.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	upgraded, err := tfprotov6.NewDynamicValue(kind, state)
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &upgraded}, err
}

func (provider) ReadResource(_ context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: request.CurrentState, Private: request.Private}, nil
}

// What the provider makes up is unknown until a new resource is there, and stays as it is afterwards.
func (provider) PlanResourceChange(_ context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	kind := resources[request.TypeName].ValueType()
	planned, err := request.ProposedNewState.Unmarshal(kind)
	if err != nil || planned.IsNull() {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: request.ProposedNewState}, err
	}
	state, err := computed(request.TypeName, planned, func(kind tftypes.Type) any { return tftypes.UnknownValue })
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: state}, err
}

func (provider) ApplyResourceChange(_ context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	kind := resources[request.TypeName].ValueType()
	planned, err := request.PlannedState.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	if planned.IsNull() {
		prior, err := request.PriorState.Unmarshal(kind)
		if err != nil {
			return nil, err
		}
		return &tfprotov6.ApplyResourceChangeResponse{NewState: request.PlannedState}, note("delete", request.TypeName, prior)
	}
	if err := note("make", request.TypeName, planned); err != nil {
		return nil, err
	}
	state, err := computed(request.TypeName, planned, func(kind tftypes.Type) any {
		if kind.Is(texts) {
			return map[string]tftypes.Value{"Made": tftypes.NewValue(tftypes.String, "up")}
		}
		return "made-up"
	})
	return &tfprotov6.ApplyResourceChangeResponse{NewState: state}, err
}

// Gives the computed attributes that have no value yet what `value` returns for their type.
func computed(name string, state tftypes.Value, value func(tftypes.Type) any) (*tfprotov6.DynamicValue, error) {
	var attributes map[string]tftypes.Value
	if err := state.As(&attributes); err != nil {
		return nil, err
	}
	for _, one := range resources[name].Block.Attributes {
		if known := attributes[one.Name]; one.Computed && (known.IsNull() || !known.IsKnown()) {
			attributes[one.Name] = tftypes.NewValue(one.Type, value(one.Type))
		}
	}
	kind := resources[name].ValueType()
	made, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, attributes))
	return &made, err
}

// Writes a line: what was done, and the attributes that are texts or maps and sets of texts.
func note(did string, name string, state tftypes.Value) error {
	var attributes map[string]tftypes.Value
	if err := state.As(&attributes); err != nil {
		return err
	}
	line := map[string]any{"did": did, "type": name}
	for key, value := range attributes {
		if value.IsKnown() && !value.IsNull() {
			line[key] = plain(value)
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(os.Getenv("PROVIDER_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	_, err = fmt.Fprintln(log, string(text)) // one write, since resources are made side by side
	return err
}

func plain(value tftypes.Value) any {
	var text string
	if value.As(&text) == nil {
		return text
	}
	var entries map[string]tftypes.Value
	if value.As(&entries) == nil {
		made := map[string]any{}
		for key, entry := range entries {
			made[key] = plain(entry)
		}
		return made
	}
	var elements []tftypes.Value
	made := []any{}
	if value.As(&elements) == nil {
		for _, element := range elements {
			made = append(made, plain(element))
		}
	}
	return made
}

func main() {
	serve := func() tfprotov6.ProviderServer { return provider{} }
	if err := tf6server.Serve("registry.opentofu.org/hashicorp/aws", serve); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
