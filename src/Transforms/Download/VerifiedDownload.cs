namespace IGptMl.Download;

/// <summary>Completes a partial file and compares its checksum. If a resumed download has a wrong checksum, it is downloaded once more.</summary>
internal sealed class VerifiedDownload(DownloadClient client, DownloadOptions options, IProgress<DownloadProgress>? progress)
{
    /// <summary>Downloads what is missing, and verifies the whole. The file is at its beginning afterwards.</summary>
    /// <exception cref="DownloadException">The server does not answer, or does not send the file.</exception>
    /// <exception cref="InvalidDataException">The checksum is wrong; the file has been deleted.</exception>
    internal async Task RunAsync(RemoteFile file, PartialFile partial, CancellationToken cancellationToken)
    {
        while (true)
        {
            var combined = await new ResumingDownload(client, options, progress).RunAsync(file, partial, cancellationToken);
            if (await FindDifferenceAsync(file, partial.Content, progress, cancellationToken) is not { } found)
            {
                return;
            }

            if (!combined)
            {
                partial.Delete();
                throw WrongChecksum(file, $"The response of {file.Address}", found);
            }

            partial.Clear();
        }
    }

    /// <summary>Computes a file's checksum, if one is published.</summary>
    /// <returns>The computed checksum if it is not the published one; otherwise null.</returns>
    internal static async Task<string?> FindDifferenceAsync(RemoteFile file, Stream content, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (file.Checksum is not { } checksum)
        {
            content.Position = 0;
            return null;
        }

        progress?.Report(new DownloadProgress { Stage = DownloadStage.Checking, Done = 0, Total = file.Bytes });
        var found = await checksum.ComputeAsync(content, cancellationToken);
        progress?.Report(new DownloadProgress { Stage = DownloadStage.Checking, Done = file.Bytes, Total = file.Bytes });
        return checksum.Matches(found) ? null : found;
    }

    /// <summary>The error for a file with another checksum than the published one.</summary>
    internal static InvalidDataException WrongChecksum(RemoteFile file, string what, string found)
        => new($"{what} is not {file.Description}: its {file.Checksum!.Name} checksum is {found}; expected {file.Checksum.Value}. It is not used.");
}
