using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>The paper's experiments, and their report.</summary>
[TestClass]
public sealed class ExperimentTests : IDisposable
{
    private static readonly LinearProbeOptions Probe = new() { L2Regularization = [1] };

    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _training;
    private readonly IDataView _test;
    private readonly ImageGptTransformer _gpt;

    public ExperimentTests()
    {
        (_training, _test) = (_ml.Data.LoadShapes(48, seed: 1), _ml.Data.LoadShapes(24, seed: 2));
        _gpt = Tiny.Pretrain(_ml, _training);
    }

    [TestMethod]
    public void LinearProbe_Model_HasALineForEachLayer()
    {
        var probed = new List<string>();
        var experiment = new LinearProbeExperiment(_ml, _gpt.Model, Probe);
        var result = experiment.Run(_training, _test, new Reporter<ProbedRepresentation>(one => probed.Add(one.Name)));
        CollectionAssert.AreEqual((string[])["Layer 0", "Layer 1", "Layer 2"], result.Layers.Select(layer => layer.Name).ToArray());
        CollectionAssert.AreEquivalent(result.Baselines.Concat(result.Layers).Select(one => one.Name).ToArray(), probed);
        using var classifier = (IDisposable)experiment.Fit(_training, result.Best);
        Assert.AreEqual("PredictedClass", ((ITransformer)classifier).Transform(_test).Schema["PredictedClass"].Name);
    }

    [TestMethod]
    public void LowData_Model_HasAScoreForEachNumberOfLabels()
    {
        var result = new LowDataExperiment(_ml, _gpt.Model, new() { Budgets = [24], Seeds = [1, 2], Probe = Probe }).Run(_training, _test);
        Assert.HasCount(2, result.Find(LowDataExperiment.ModelName, 24)!.Runs);
    }

    [TestMethod]
    public void FineTune_Model_IsMeasured()
    {
        var options = new FineTuneExperiment.Options { Training = new() { Epochs = 1, BatchSize = 8, Seed = 1 } };
        var result = new FineTuneExperiment(_ml, _gpt.Model, options).Run(_training, _test);
        Assert.AreEqual(24, result.TestRows);
        Assert.HasCount(12, result.ConfusionMatrix);
    }

    [TestMethod]
    public void Study_Model_WritesItsReport()
    {
        using var folder = new WorkFolder();
        _gpt.Model.Save(folder.Combine("other.zip"));
        var study = new EvaluationStudy(_ml, _gpt.Model, new()
        {
            Title = "A small study",
            Probe = Probe with { CacheFolder = folder.Combine("cache") },
            Others = [new ComparedModel("the same", folder.Combine("other.zip"))],
            Pictures = 2,
            Completions = 2,
        });
        var results = study.Run(_training, _test);
        results.Save(folder.Combine("report"));
        CollectionAssert.AreEqual((string[])["Image GPT", "the same"], results.Models.Select(model => model.Name).ToArray());
        Assert.AreEqual(results.Models[0].Probe.Best.Accuracy, results.Models[1].Probe.Best.Accuracy);
        Assert.AreEqual(results.Models[0].NatsPerToken, results.Models[1].NatsPerToken);
        Assert.IsNull(results.LowData);
        StringAssert.Contains(File.ReadAllText(folder.Combine("report", "report.html")), "A small study");
        StringAssert.Contains(File.ReadAllText(folder.Combine("report", "results.json")), "\"the same\"");
    }

    public void Dispose() => _gpt.Dispose();
}
