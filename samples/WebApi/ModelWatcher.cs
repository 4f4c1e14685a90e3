namespace IGptMl.Samples.WebApi;

/// <summary>Loads a model again when its file was replaced. A file that cannot be loaded changes nothing but the log.</summary>
internal sealed class ModelWatcher(ServedModels models, ILogger<ModelWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Refresh(models.Classifier);
                Refresh(models.Generator);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private void Refresh<T>(ReloadedFile<T>? file)
        where T : class, IDisposable
    {
        try
        {
            if (file?.Refresh() == true)
            {
                log.LogInformation("{Path} was replaced and is loaded", file.Path);
            }
        }
        catch (Exception e)
        {
            log.LogError("{Path} was replaced, but is not used: {Message}", file!.Path, e.Message);
        }
    }
}
