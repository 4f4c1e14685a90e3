using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML.Runtime;

namespace IGptMl.Data;

/// <summary>Finds the files of a data set that can be decoded, by decoding them, and reports those that are left out.</summary>
internal static class ReadableImages
{
    private const int Named = 5;

    /// <summary>Warns of the files that are left out because they do not have an image extension.</summary>
    public static void WarnOfOthers(ImageFileSet set, IHostEnvironment environment)
    {
        var others = set.Others;
        if (others.Count > 0)
        {
            var names = string.Join(", ", others.Take(Named).Select(name => $"'{name}'"));
            var rest = others.Count > Named ? $" and {others.Count - Named:N0} more" : string.Empty;
            var total = set.Files.Count + others.Count;
            Warn(environment, $"{set.Origin}: {others.Count:N0} of {total:N0} files are left out because they do not have an image extension: {names}{rest}.");
        }
    }

    /// <summary>The same data set without the files that cannot be decoded. A warning reports them.</summary>
    /// <exception cref="InvalidDataException">No file remains, or none of a class.</exception>
    public static ImageFileSet Keep(ImageFileSet set, IHostEnvironment environment)
    {
        var problems = new string?[set.Files.Count];
        Parallel.For(0, problems.Length, i =>
        {
            try
            {
                ImageDecoder.Decode(set.PathOf(set.Files[i])).Dispose();
            }
            catch (InvalidDataException e)
            {
                problems[i] = e.Message;
            }
        });

        var found = problems.OfType<string>().ToList();
        if (found.Count == 0)
        {
            return set;
        }

        var report = Describe(set, found);
        ImageFile[] kept = [.. set.Files.Where((_, i) => problems[i] is null)];
        if (kept.Length == 0)
        {
            throw new InvalidDataException(report);
        }

        foreach (var label in set.Files.Select(file => file.Label).Except(kept.Select(file => file.Label)).Where(label => label >= 0))
        {
            throw new InvalidDataException($"{report} Class '{set.ClassNames[label]}' has no other images.");
        }

        Warn(environment, report);
        return set with { Files = kept };
    }

    private static void Warn(IHostEnvironment environment, string report)
    {
        using var channel = HostSettings.Register(environment, "ImageFiles").Start("Reading");
        channel.Warning(MessageSensitivity.UserData, "{0}", report);
    }

    private static string Describe(ImageFileSet set, List<string> problems)
    {
        var named = string.Join(' ', problems.Take(Named));
        var rest = problems.Count > Named ? $" And {problems.Count - Named:N0} more." : string.Empty;
        return $"{set.Origin}: {problems.Count:N0} of {set.Files.Count:N0} images cannot be read and are left out. {named}{rest}";
    }
}
