// Package azpipeline reads Azure Pipelines YAML as it is in a repository, and resolves it into a model: a [Pipeline] with its stages, jobs, and
// steps, every template in its place. Templates, extends, parameters, loops, conditions, and expressions are followed within the repository.
// A [Value] knows whether it's known, where it comes from, and where it's written; what only the run can tell is a value, too.
//
// It doesn't judge or validate pipelines.
package azpipeline
