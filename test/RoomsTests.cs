namespace IGptMl.Tests;

/// <summary>The rooms of the house, read from the built assemblies: who may know whom.</summary>
[TestClass]
public sealed class RoomsTests
{
    private const string Hosting = "IGptMl.Hosting";

    /// <summary>The libraries, each with those of ours that it may refer to.</summary>
    private static readonly Dictionary<string, string[]> Libraries = new()
    {
        ["IGptMl.Transforms"] = [],
        ["IGptMl.Trainers"] = ["IGptMl.Transforms"],
        ["IGptMl.Pipelines"] = ["IGptMl.Transforms", "IGptMl.Trainers"],
        ["igpt"] = ["IGptMl.Transforms", "IGptMl.Trainers", "IGptMl.Pipelines"],
    };

    private static readonly Lazy<IReadOnlyList<AssemblyReferences.Reference>> References = new(() => [.. Libraries.Keys.SelectMany(library =>
    {
        using var assembly = new AssemblyReferences(library);
        return assembly.All;
    })]);

    [TestMethod]
    public void Assemblies_ReferToEachOther_InOneDirection()
    {
        foreach (var (library, allowed) in Libraries)
        {
            using var assembly = new AssemblyReferences(library);
            CollectionAssert.IsSubsetOf(assembly.Assemblies.Where(Libraries.ContainsKey).ToArray(), allowed, library);
        }
    }

    [TestMethod]
    public void NonPublicMembers_OfMLNet_AreUsedInHostingOnly()
    {
        var uses = Find(reference => IsMLNet(reference) && !reference.IsPublic).ToList();
        Assert.IsNotEmpty(uses.Where(use => use.FromNamespace == Hosting), "Hosting uses some; if none is found, the search is blind.");
        AssertNone(uses.Where(use => use.FromNamespace != Hosting));
    }

    [TestMethod]
    public void Network_KnowsNothingOfMLNet()
    {
        Assert.IsNotEmpty(Find(reference => reference.FromNamespace == "IGptMl.Network" && IsTorch(reference)));
        AssertNone(Find(reference => reference.FromNamespace == "IGptMl.Network" && IsMLNet(reference)));
    }

    [TestMethod]
    public void FileFormats_KnowNothingOfMLNet()
    {
        Assert.IsNotEmpty(Find(reference => reference.FromNamespace == "IGptMl.Formats"));
        AssertNone(Find(reference => reference.FromNamespace == "IGptMl.Formats" && IsMLNet(reference)));
    }

    [TestMethod]
    public void Optimization_KnowsNothingOfImageGpt()
    {
        string[] others = ["IGptMl.Network", "IGptMl.Palettes", "IGptMl.Features", "IGptMl.Pretraining", "IGptMl.FineTuning", "IGptMl.Batches"];
        Assert.IsNotEmpty(Find(reference => reference.FromNamespace == "IGptMl.Optimization"));
        AssertNone(Find(reference => reference.FromNamespace == "IGptMl.Optimization" && others.Contains(reference.Namespace)));
    }

    [TestMethod]
    [DataRow("IGptMl.Palette")]
    [DataRow("IGptMl.PaletteLearning")]
    [DataRow("IGptMl.PaletteMetrics")]
    [DataRow("IGptMl.Images.CropWindow")]
    [DataRow("IGptMl.ImageGptConfig")]
    [DataRow("IGptMl.Optimization.CosineSchedule")]
    [DataRow("IGptMl.TrainingProgress")]
    [DataRow("IGptMl.ImageGenerationMetrics")]
    [DataRow("IGptMl.FineTuning.StratifiedSplit")]
    [DataRow("IGptMl.LinearProbeResult")]
    [DataRow("IGptMl.ProbedRepresentation")]
    [DataRow("IGptMl.SemiSupervised.LabelSubset")]
    [DataRow("IGptMl.LowDataResult")]
    public void Value_KnowsNeitherMLNetNorTorch(string type)
    {
        Assert.IsNotEmpty(Find(reference => reference.FromType == type));
        AssertNone(Find(reference => reference.FromType == type && (IsMLNet(reference) || IsTorch(reference))));
    }

    private static bool IsMLNet(AssemblyReferences.Reference reference) => reference.Assembly.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private static bool IsTorch(AssemblyReferences.Reference reference) => reference.Assembly == "TorchSharp";

    private static IReadOnlyList<AssemblyReferences.Reference> Find(Func<AssemblyReferences.Reference, bool> condition) => [.. References.Value.Where(condition)];

    private static void AssertNone(IEnumerable<AssemblyReferences.Reference> references)
        => Assert.AreEqual(string.Empty, string.Join("\n", references.Select(reference => $"{reference.FromType} uses {reference.Name}")));
}
