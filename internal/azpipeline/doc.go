// Package azpipeline reads the Azure Pipelines YAML of a repository, and resolves it into a model: a [Pipeline] with its stages, jobs, and
// steps, and with the content of its templates. It follows templates, extends, parameters, loops, conditions, and expressions within the
// repository. A [Value] has its origin and position, and says whether it's known before the run.
//
// It doesn't judge or validate pipelines.
package azpipeline
