using System.Diagnostics.CodeAnalysis;
using IGptMl.Hub;
using IGptMl.Models;

namespace IGptMl;

/// <summary>Fetches published models by name. Downloads are resumed and verified; a model is either complete or not there.</summary>
/// <remarks>
/// <para>
/// A name of the form ORG/NAME, such as openai/imagegpt-small, is a model on the Hugging Face hub; @REVISION behind it names a branch, a tag, a pull request
/// (refs/pr/2) or a commit. openai/imagegpt-small, -medium and -large are the three models of the paper, converted from OpenAI's last autoregressive
/// checkpoints. Files are stored in the hub's cache, which other programs share. Weights that exist only as a Python pickle are read, but never executed.
/// </para>
/// <para>
/// A name such as openai:igpt-s is a checkpoint of OpenAI with its palette: igpt-s, igpt-m or igpt-l, with -bert if it was trained on masked pixels, and
/// with @131000, @262000 or @524000 for earlier training steps than 1,000,000. The addresses are those of OpenAI's download script of 2020.
/// </para>
/// </remarks>
public sealed class ModelDownloader
{
    private const string Forms = "a name on the hub, such as openai/imagegpt-small or openai/imagegpt-small@refs/pr/2; or a checkpoint of OpenAI: "
        + OpenAICheckpointName.Forms;

    private readonly ModelDownloaderOptions _options;
    private readonly HubModels _hub;
    private readonly OpenAICheckpoints _checkpoints;

    /// <summary>Creates a downloader.</summary>
    /// <param name="options">Where models are found and stored; null for the defaults, which follow the environment.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public ModelDownloader(ModelDownloaderOptions? options = null)
    {
        _options = options ?? new ModelDownloaderOptions();
        _options.Check();
        _hub = new HubModels(_options);
        _checkpoints = new OpenAICheckpoints(_options);
    }

    /// <summary>Whether a text has the form of a published model's name. A path may have it, too: a file or folder that exists is meant first.</summary>
    /// <param name="text">The text.</param>
    public static bool IsName([NotNullWhen(true)] string? text)
        => text is not null && (OpenAICheckpointName.TryParse(text, out _) || HubName.TryParse(text, out _));

    /// <summary>Finds a model on this machine.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>The path for <see cref="ImageGptModel.Load(string)"/>; null if the model is missing or incomplete.</returns>
    /// <exception cref="ArgumentException">The name has another form.</exception>
    public string? Find(string name)
        => OpenAICheckpointName.TryParse(name, out var checkpoint) ? _checkpoints.Find(checkpoint) : _hub.Find(Parse(name));

    /// <summary>Fetches a model, unless it is already complete on this machine.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="progress">Receives the progress, on any thread.</param>
    /// <param name="cancellationToken">Cancels the work; the downloaded part is kept, and the next call resumes from it.</param>
    /// <returns>The path for <see cref="ImageGptModel.Load(string)"/>.</returns>
    /// <exception cref="ArgumentException">The name has another form.</exception>
    /// <exception cref="DownloadException">
    /// The server does not answer, does not have the model or revision, or refuses the token; disk space is insufficient; or the model is not on this machine
    /// and <see cref="ModelDownloaderOptions.Offline"/> is true.
    /// </exception>
    /// <exception cref="InvalidDataException">It is not an Image GPT, or a file has another checksum than the published one.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async Task<string> GetAsync(string name, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var found = Find(name);
        if (found is not null && (_options.Offline || !_options.Refresh))
        {
            return found;
        }

        var isCheckpoint = OpenAICheckpointName.TryParse(name, out var checkpoint);
        if (_options.Offline)
        {
            var folder = isCheckpoint ? _options.CheckpointFolder : _options.HubCacheFolder;
            throw new DownloadException($"{name} is not on this machine, in '{folder}', and offline mode is on, for example by the environment variable "
                + "HF_HUB_OFFLINE. Turn it off to download the model.");
        }

        return isCheckpoint
            ? found ?? await _checkpoints.GetAsync(checkpoint!, progress, cancellationToken) // a checkpoint never changes
            : await _hub.GetAsync(Parse(name), progress, cancellationToken);
    }

    private static HubName Parse(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return HubName.TryParse(name, out var parsed)
            ? parsed
            : throw new ArgumentException($"'{name}' is not the name of a published model; expected {Forms}.", nameof(name));
    }
}
