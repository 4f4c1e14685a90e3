using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.TorchSharp;

namespace IGptMl.Tests.Hosting;

/// <summary>ML.NET's own trainers on TorchSharp, Microsoft.ML.TorchSharp, in the same process.</summary>
[TestClass]
public sealed class MLNetTorchSharpTests
{
    [TestMethod]
    public void Training_BesideMLNetsTrainers_UsesOneTorchSharp()
    {
        var context = new MLContext(seed: 1);
        var theirs = context.MulticlassClassification.Trainers.TextClassification();
        Assert.IsNotNull(theirs);

        using var ours = context.ImageGeneration.Trainers.ImageGpt("Tokens", TinyImageGpt.Config, steps: 2, batchSize: 2).Fit(TokenRows.Create());

        Assert.IsTrue(double.IsFinite(context.ImageGeneration.Evaluate(ours.Transform(TokenRows.Create())).NatsPerToken));
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name == "TorchSharp").ToArray();
        Assert.HasCount(1, loaded);
        var theirReference = theirs.GetType().Assembly.GetReferencedAssemblies().Single(name => name.Name == "TorchSharp");
        Assert.IsLessThanOrEqualTo(loaded[0].GetName().Version!, theirReference.Version!, "An older TorchSharp than theirs would lack what they call.");
    }
}
