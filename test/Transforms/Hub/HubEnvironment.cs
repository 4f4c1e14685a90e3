using IGptMl.Tests.Data;

namespace IGptMl.Tests.Hub;

/// <summary>The environment variables of the hub's tools, with a hub and an empty cache of a test; the former ones return when it is disposed.</summary>
internal sealed class HubEnvironment : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _former = [];

    internal HubEnvironment(Uri endpoint)
    {
        Set("HF_ENDPOINT", endpoint.AbsoluteUri);
        Set("HF_HOME", _folder.Path);
        Set("IGPTML_MODELS", _folder.Combine("checkpoints"));
        foreach (var other in (string[])["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"])
        {
            Set(other, null);
        }
    }

    /// <summary>The folder of HF_HOME.</summary>
    internal string Home => _folder.Path;

    internal void Set(string name, string? value)
    {
        _former.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _former)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _folder.Dispose();
    }
}
