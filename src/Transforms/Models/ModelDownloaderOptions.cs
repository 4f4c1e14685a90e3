using IGptMl.Hub;
using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Where a <see cref="ModelDownloader"/> finds models, and where it stores them. The defaults are those of the hub's own tools.</summary>
public sealed record ModelDownloaderOptions
{
    private static readonly string[] TrueValues = ["1", "ON", "YES", "TRUE"];

    /// <summary>The hub's address, http or https.</summary>
    /// <value>Default: the environment variable HF_ENDPOINT, or https://huggingface.co.</value>
    public Uri Endpoint { get; init; } = DefaultEndpoint();

    /// <summary>The token for private models, which is sent to the hub alone; null for none.</summary>
    /// <value>Default: the environment variable HF_TOKEN, or the token that the hub's tools stored, in the file HF_TOKEN_PATH or token in HF_HOME.</value>
    public string? Token { get; init; } = DefaultToken();

    /// <summary>The folder of the hub's cache, which is shared with other programs.</summary>
    /// <value>Default: the environment variable HF_HUB_CACHE, or hub in HF_HOME, or ~/.cache/huggingface/hub.</value>
    public string HubCacheFolder { get; init; } = HubCache.DefaultFolder;

    /// <summary>The address of OpenAI's checkpoints, http or https.</summary>
    /// <value>Default: the address in OpenAI's download script, https://openaipublic.blob.core.windows.net/image-gpt.</value>
    public Uri CheckpointEndpoint { get; init; } = new("https://openaipublic.blob.core.windows.net/image-gpt");

    /// <summary>The folder in which OpenAI's checkpoints are stored.</summary>
    /// <value>Default: the environment variable IGPTML_MODELS, or igptml/models in the user's local application data (on Linux ~/.local/share).</value>
    public string CheckpointFolder { get; init; } = HubCache.Variable("IGPTML_MODELS") ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "igptml", "models");

    /// <summary>Whether only models are used that are on this machine.</summary>
    /// <value>Default: whether the environment variable HF_HUB_OFFLINE is 1, ON, YES or TRUE.</value>
    public bool Offline { get; init; } = HubCache.Variable("HF_HUB_OFFLINE") is { } value && TrueValues.Contains(value.ToUpperInvariant());

    /// <summary>
    /// Whether the hub is asked if a branch has moved to another commit. Otherwise, a model that is on this machine is used without asking, so that the same
    /// program keeps giving the same results.
    /// </summary>
    /// <value>Default false.</value>
    public bool Refresh { get; init; }

    /// <summary>Retries and timeouts.</summary>
    public DownloadOptions Download { get; init; } = new();

    /// <summary>The addresses and folders, without the token.</summary>
    public override string ToString()
        => $"{Endpoint}, {HubCacheFolder}, {CheckpointEndpoint}, {CheckpointFolder}, {(Token is null ? "no token" : "a token")}{(Offline ? ", offline" : "")}";

    internal void Check()
    {
        new OptionGuard()
            .Require(IsWeb(Endpoint), nameof(Endpoint), Endpoint, "an address that begins with http:// or https://")
            .Require(IsWeb(CheckpointEndpoint), nameof(CheckpointEndpoint), CheckpointEndpoint, "an address that begins with http:// or https://")
            .Require(!string.IsNullOrWhiteSpace(HubCacheFolder), nameof(HubCacheFolder), HubCacheFolder, "a folder")
            .Require(!string.IsNullOrWhiteSpace(CheckpointFolder), nameof(CheckpointFolder), CheckpointFolder, "a folder")
            .Require(Token is null || Token.All(c => c is > ' ' and < '\x7f'), nameof(Token), "(hidden)", "printable characters without spaces")
            .ThrowIfAny("options");
        Download.Check();
    }

    private static bool IsWeb(Uri? address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" };

    private static Uri DefaultEndpoint()
        => HubCache.Variable("HF_ENDPOINT") is { } value
            ? new Uri(value, Uri.TryCreate(value, UriKind.Absolute, out _) ? UriKind.Absolute : UriKind.Relative)
            : new Uri("https://huggingface.co");

    private static string? DefaultToken()
    {
        if (HubCache.Variable("HF_TOKEN") is { } token)
        {
            return token.Trim();
        }

        var path = HubCache.Variable("HF_TOKEN_PATH") ?? Path.Combine(HubCache.Home, "token");
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } stored ? stored : null;
    }
}
