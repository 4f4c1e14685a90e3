using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>A lease keeps the weights: a model may be disposed and replaced while other threads predict with it.</summary>
[TestClass]
public sealed class ModelLeaseTests
{
    private const int PredictingThreads = 8, Replacements = 30;

    [TestMethod]
    public void Lease_OfAModelThatIsDisposedMeanwhile_KeepsTheWeights()
    {
        var model = TinyImageGpt.CreateModel();
        var lease = model.Lease(torch.CPU);
        Assert.AreEqual(0, LiveTensors.CountLeft(model.Dispose));
        var features = new float[TinyImageGpt.Config.EmbeddingSize];
        lease.Executor.Features(new ushort[16], 1, [2], null, features);
        Assert.IsTrue(features.All(float.IsFinite));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Lease(torch.CPU));
        Assert.IsLessThan(-10, LiveTensors.CountLeft(lease.Dispose));
        lease.Dispose();
    }

    [TestMethod]
    [DataRow("features")]
    [DataRow("likelihood")]
    public void Transform_OfAModelThatIsReplaced_GivesEachThreadItsResultOrSaysThatItIsDisposed(string what)
    {
        var context = new MLContext(1);
        var rows = TokenRows.Create(4);
        var (first, second) = (Expected(1), Expected(2));
        CollectionAssert.AreNotEqual(first, second);
        var current = Create(1);
        var (done, results, refusals, wrong) = (false, 0, 0, 0);
        var threads = Enumerable.Range(0, PredictingThreads).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                var transformer = Volatile.Read(ref current);
                try
                {
                    var values = Values(transformer);
                    Interlocked.Increment(ref values.SequenceEqual(first) || values.SequenceEqual(second) ? ref results : ref wrong);
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refusals);
                }
            }
        })).ToList();
        var models = new List<ImageGptModel>();
        threads.ForEach(thread => thread.Start());
        for (var i = 0; i < Replacements; i++)
        {
            var replaced = Interlocked.Exchange(ref current, Create(1 + (i % 2)));
            Thread.Yield();
            ((IDisposable)replaced).Dispose(); // while eight threads may be computing with it
            Assert.ThrowsExactly<ObjectDisposedException>(() => Values(replaced));
            models.Add(ModelOf(replaced));
            Thread.Sleep(5);
        }

        Volatile.Write(ref done, true);
        threads.ForEach(thread => thread.Join());
        ((IDisposable)current).Dispose();
        models.Add(ModelOf(current));
        Assert.IsTrue(models.All(model => model.TryShare() is null), "All weights are gone.");
        Assert.AreEqual(0, wrong, "Every result is that of one of the two models.");
        Assert.IsGreaterThan(PredictingThreads, results);

        static ImageGptModel ModelOf(ITransformer transformer)
            => transformer is ImageGptFeatureExtractingTransformer features ? features.Model : ((ImageLikelihoodTransformer)transformer).Model;

        ITransformer Create(int seed)
        {
            using var model = TinyImageGpt.CreateModel(seed);
            return what == "features"
                ? context.Transforms.ExtractImageGptFeatures("Values", "Tokens", model, 2).Fit(rows)
                : context.Transforms.CalculateImageLikelihood(model, new ImageLikelihoodEstimator.Options { TokenNatsColumnName = "Values" }).Fit(rows);
        }

        float[] Expected(int seed)
        {
            var transformer = Create(seed);
            var values = Values(transformer);
            ((IDisposable)transformer).Dispose();
            return values;
        }

        float[] Values(ITransformer transformer)
        {
            var view = transformer.Transform(rows);
            return [.. view.GetColumn<float[]>("Values").SelectMany(row => row)];
        }
    }
}
