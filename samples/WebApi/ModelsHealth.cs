using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IGptMl.Samples.WebApi;

/// <summary>Healthy if the models are loaded and their files are there, so that a restart would succeed.</summary>
internal sealed class ModelsHealth(ServedModels models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string?[] paths = [models.Classifier?.Path, models.Generator?.Path];
        var missing = paths.OfType<string>().Where(path => !Path.Exists(path)).ToArray();
        return Task.FromResult(missing.Length == 0 ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"no longer there: {string.Join(", ", missing)}"));
    }
}
