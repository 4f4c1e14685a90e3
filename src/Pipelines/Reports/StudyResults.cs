using IGptMl.Reports;

namespace IGptMl;

/// <summary>The results of an <see cref="EvaluationStudy"/>.</summary>
public sealed class StudyResults
{
    internal StudyResults(Report report, LowDataResult? lowData, IReadOnlyList<string> failures)
    {
        Report = report;
        Failures = failures;
        LowData = lowData;
        Models = [.. report.Models.Select(model => new StudiedModel
        {
            Name = model.Name,
            Config = model.Config,
            Step = model.Step,
            NatsPerToken = model.NatsPerToken,
            LikelihoodImages = model.LikelihoodImages,
            Probe = model.Result,
        })];
    }

    /// <summary>
    /// The models: the study's own first, then the compared ones. A masked model appears twice: with the vote of several masks, and with one mask.
    /// </summary>
    public IReadOnlyList<StudiedModel> Models { get; }

    /// <summary>The accuracy with few labels; null if the options omit it, the training data has too few rows, or it failed.</summary>
    public LowDataResult? LowData { get; }

    /// <summary>Notes for the reader: rows left out, missing classes, unusable caches.</summary>
    public IReadOnlyList<string> Notes => Report.Notes;

    /// <summary>The parts after the probe that failed, with their errors. The results have everything else, and their notes name the failures.</summary>
    public IReadOnlyList<string> Failures { get; }

    /// <summary>The duration of the whole study.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Report.TotalSeconds);

    internal Report Report { get; }

    /// <summary>
    /// Writes a folder with <c>report.html</c>, <c>results.json</c>, <c>results.md</c>, plots as SVG and PNG, and pictures. Files of an earlier report are
    /// replaced.
    /// </summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => ReportFolder.Write(folder, Report);
}
