using IGptMl.Cli.Output;

namespace IGptMl.Cli.Sources;

/// <summary>A model on the command line: a path, or the name of a published model.</summary>
internal static class NamedModel
{
    /// <summary>Finds the path. A file or folder is meant before a published model, which is downloaded unless it is on this machine.</summary>
    /// <param name="model">The path or name.</param>
    /// <param name="terminal">Shows the download's progress.</param>
    /// <param name="cancellation">Cancels the download.</param>
    /// <exception cref="IOException">The model is not on this machine, and cannot be downloaded.</exception>
    internal static string Locate(string model, Terminal terminal, CancellationToken cancellation)
    {
        if (!IsPublished(model))
        {
            return model;
        }

        var downloader = new ModelDownloader();
        if (downloader.Find(model) is { } found)
        {
            return found;
        }

        try
        {
            var path = DownloadTracker.Run(terminal, (progress, token) => downloader.GetAsync(model, progress, token), cancellation);
            terminal.Say($"{model} is now in '{path}'.");
            return path;
        }
        catch (DownloadException e)
        {
            throw new IOException($"'{model}' is neither a file nor a folder here, so it was taken for the name of a published model. {e.Message}", e);
        }
    }

    /// <summary>Whether a text can only be the name of a published model: there is no such path, and no folder that it would be in.</summary>
    private static bool IsPublished(string model)
        => ModelDownloader.IsName(model) && !Path.Exists(model) && (Path.GetDirectoryName(model) is not { Length: > 0 } folder || !Directory.Exists(folder));
}
