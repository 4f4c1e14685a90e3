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
        string[] bridges = ["IGptMl.Checkpoints.ModelEntries", "IGptMl.Checkpoints.NetworkSafetensors"];
        Assert.IsNotEmpty(Find(reference => reference.FromNamespace == "IGptMl.Checkpoints"));
        AssertNone(Find(reference => reference.FromNamespace == "IGptMl.Checkpoints" && !bridges.Contains(reference.FromType) && IsMLNet(reference)));
    }

    [TestMethod]
    public void Optimisation_KnowsNothingOfImageGpt()
    {
        string[] others = ["IGptMl.Network", "IGptMl.Palettes", "IGptMl.Features", "IGptMl.Pretraining", "IGptMl.FineTuning", "IGptMl.Batches"];
        Assert.IsNotEmpty(Find(reference => reference.FromNamespace == "IGptMl.Optimisation"));
        AssertNone(Find(reference => reference.FromNamespace == "IGptMl.Optimisation" && others.Contains(reference.Namespace)));
    }

    [TestMethod]
    [DataRow("IGptMl.Palettes.Palette")]
    [DataRow("IGptMl.Palettes.PaletteLearning")]
    [DataRow("IGptMl.Palettes.PaletteMetrics")]
    [DataRow("IGptMl.Palettes.CropWindow")]
    [DataRow("IGptMl.Network.ImageGptConfig")]
    [DataRow("IGptMl.Optimisation.CosineSchedule")]
    [DataRow("IGptMl.Optimisation.TrainingProgress")]
    [DataRow("IGptMl.Pretraining.ImageGenerationMetrics")]
    [DataRow("IGptMl.FineTuning.StratifiedSplit")]
    [DataRow("IGptMl.LinearProbe.LinearProbeResult")]
    [DataRow("IGptMl.LinearProbe.ProbedRepresentation")]
    [DataRow("IGptMl.SemiSupervised.LabelSubset")]
    [DataRow("IGptMl.SemiSupervised.LowDataResult")]
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
