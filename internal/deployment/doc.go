// Package deployment derives what a deployment needs from its files: ARM templates, Bicep snapshots, and Terraform plans. It yields
// actions with their scopes, resource providers, resource groups, and regions, each with the reason and with how certain it is.
//
// It's pure: it reads the files that it's given and sends no requests. Judging whether an identity has the rights is up to package rights and
// the checks. It doesn't derive data-plane work, what deployment scripts do, or what a template does that's linked by an address.
package deployment
