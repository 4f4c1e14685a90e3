namespace IGptMl.Tests;

/// <summary>Checks the dependencies between rooms in the built assemblies.</summary>
[TestClass]
public sealed class RoomsTests
{
    /// <summary>The libraries, each with the libraries of this solution that it may reference.</summary>
    private static readonly Dictionary<string, string[]> Libraries = new()
    {
        ["IGptMl.Transforms"] = [],
        ["IGptMl.Trainers"] = ["IGptMl.Transforms"],
        ["IGptMl.Pipelines"] = ["IGptMl.Transforms", "IGptMl.Trainers"],
        ["igpt"] = ["IGptMl.Transforms", "IGptMl.Trainers", "IGptMl.Pipelines"],
    };

    /// <summary>The room of models and the rooms that it depends on.</summary>
    private static readonly string[] Model =
        ["Models", "Export", "Onnx", "Hub", "Download", "Inference", "Network", "Palettes", "Images", "Formats", "Numerics"];

    private static readonly string[] Transforms = ["Completion", "Likelihood", "Features", "Quantization", "Hosting", "Gradients", "Kernels", .. Model];

    private static readonly string[] Trainers = ["FineTuning", "Pretraining", "Optimization", "Batches", "Distribution"];

    private static readonly string[] Pipelines = ["Reports", "FineTune", "SemiSupervised", "LinearProbe", "Classification", "Caching", "Data/Download", "Data"];

    /// <summary>The rooms of the two lower libraries, on all of which an experiment may depend.</summary>
    private static readonly string[] BelowPipelines = ["Trainers", .. Trainers, "Transforms", .. Transforms];

    /// <summary>The rooms of the three libraries on which the tool may depend. It only uses their public types.</summary>
    private static readonly string[] BelowCli = [.. Pipelines, .. BelowPipelines];

    /// <summary>
    /// All allowed arrows: each room with the rooms on which it may depend. The root of an assembly may depend on all of its rooms; no room may depend on the
    /// root.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Numerics"] = [],
        ["Formats"] = ["Numerics"],
        ["Download"] = ["Numerics"],
        ["Hub"] = ["Download", "Formats", "Numerics"],
        ["Kernels"] = ["Numerics"],
        ["Images"] = ["Numerics"],
        ["Palettes"] = ["Images", "Formats", "Numerics"],
        ["Network"] = ["Numerics"],
        ["Inference"] = ["Network", "Kernels", "Numerics"],
        ["Gradients"] = ["Network", "Kernels", "Numerics"],
        ["Onnx"] = ["Formats"],
        ["Export"] = ["Onnx", "Network", "Palettes", "Images", "Numerics"],
        ["Models"] = ["Export", "Onnx", "Hub", "Download", "Inference", "Network", "Palettes", "Images", "Formats", "Numerics"],
        ["Hosting"] = ["Onnx", "Formats", "Numerics"],
        ["Quantization"] = ["Hosting", .. Model],
        ["Features"] = ["Hosting", .. Model],
        ["Likelihood"] = ["Hosting", .. Model],
        ["Completion"] = ["Hosting", .. Model],
        ["Transforms"] = Transforms,

        ["Batches"] = ["Optimization", "Distribution", "Quantization", "Hosting", "Models", "Network", "Palettes", "Images", "Formats", "Numerics"],
        ["Distribution"] = ["Numerics"],
        ["Optimization"] = ["Distribution", "Kernels", "Formats", "Numerics"],
        ["Pretraining"] = ["Batches", "Optimization", "Distribution", "Completion", "Likelihood", "Quantization", "Hosting", .. Model],
        ["FineTuning"] = ["Batches", "Optimization", "Distribution", "Features", "Quantization", "Hosting", .. Model],
        ["Trainers"] = [.. Trainers, "Transforms", .. Transforms],

        ["Data"] = ["Batches", "Quantization", "Hosting", "Palettes", "Images", "Formats", "Numerics"],
        ["Data/Download"] = ["Data", "Download", "Numerics"],
        ["Caching"] = Model,
        ["Classification"] = ["Caching", "Data", .. BelowPipelines],
        ["LinearProbe"] = ["Classification", "Caching", "Data", .. BelowPipelines],
        ["SemiSupervised"] = ["Classification", "Caching", "Data", .. BelowPipelines],
        ["FineTune"] = ["Classification", "Caching", "Data", .. BelowPipelines],
        ["Reports"] = ["LinearProbe", "SemiSupervised", "FineTune", "Classification", "Caching", "Data", .. BelowPipelines],

        ["Help"] = [],
        ["Output"] = BelowCli,
        ["Sources"] = ["Help", "Output", .. BelowCli],
        ["Results"] = ["Sources", "Output", .. BelowCli],
        ["Arguments"] = ["Sources", "Output", .. BelowCli],
        ["Serving"] = ["Arguments", "Sources", "Output", .. BelowCli],
        ["Commands"] = ["Help", "Serving", "Arguments", "Results", "Sources", "Output", .. BelowCli],
        ["Cli"] = ["Help", "Commands", "Serving", "Arguments", "Results", "Sources", "Output", .. BelowCli],
    };

    /// <summary>Types in other namespaces than their room's: the tool's compiler-generated entry point, and an attribute that the runtime requires.</summary>
    private static readonly string[] Elsewhere = ["Program", "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute"];

    private static readonly Lazy<House> Built = new(Read);

    private static readonly Lazy<RoomGraph> Graph = new(() => new RoomGraph(Built.Value.Types, Built.Value.References));

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
    public void Types_HaveTheNamespaceOfTheirRoom_OrTheOneOfAllPublicTypes()
    {
        Assert.IsNotEmpty(Built.Value.Types);
        AssertNone(Built.Value.Types
            .Where(type => !Elsewhere.Contains(type.Name) && !HasItsNamespace(type))
            .Select(type => $"{type.Name}, which is {(type.IsPublic ? "public" : "internal")}, is in src/{type.Folder}"));
    }

    [TestMethod]
    public void Rooms_FormNoCircle()
        => Assert.AreEqual(string.Empty, string.Join(" -> ", RoomGraph.FindCircle(Graph.Value.Arrows)));

    [TestMethod]
    public void Rooms_KnowNoOthersThanTheListSays()
    {
        Assert.IsNotEmpty(Graph.Value.Arrows);
        AssertNone(Graph.Value.Arrows
            .Where(arrow => !Allowed.TryGetValue(arrow.From, out var rooms) || !rooms.Contains(arrow.To))
            .SelectMany(arrow => Graph.Value.UsesOf(arrow).Select(use => $"{arrow.From} -> {arrow.To}: {use}")));
    }

    [TestMethod]
    public void List_NamesTheRoomsThatThereAre_AndAllowsNoCircle()
    {
        CollectionAssert.AreEquivalent(Graph.Value.Rooms.ToArray(), Allowed.Keys.ToArray());
        AssertNone(Allowed.Values.SelectMany(rooms => rooms).Distinct().Except(Allowed.Keys));
        Assert.AreEqual(string.Empty, string.Join(" -> ", RoomGraph.FindCircle(Allowed.SelectMany(line => line.Value.Select(to => (line.Key, to))))));
    }

    [TestMethod]
    [DataRow("", "", DisplayName = "no arrows")]
    [DataRow("AB BC AC CD", "", DisplayName = "two ways to one room")]
    [DataRow("AB BC CB", "B -> C -> B", DisplayName = "a circle behind a room")]
    [DataRow("AB CD DE EF FD", "D -> E -> F -> D", DisplayName = "a circle apart")]
    public void FindCircle_FindsTheCircle(string arrows, string circle)
    {
        var found = RoomGraph.FindCircle(arrows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(arrow => ($"{arrow[0]}", $"{arrow[1]}")));
        Assert.AreEqual(circle, string.Join(" -> ", found));
    }

    [TestMethod]
    public void NonPublicMembers_OfMLNet_AreUsedInHostingOnly()
    {
        var uses = Find(reference => IsMLNet(reference) && !reference.IsPublic);
        Assert.IsNotEmpty(uses.Where(use => RoomOf(use) == "Hosting"), "Hosting uses some; if none is found, the search is blind.");
        AssertNone(uses.Where(use => RoomOf(use) != "Hosting").Select(Describe));
    }

    [TestMethod]
    [DataRow("Numerics")]
    [DataRow("Formats")]
    [DataRow("Download")]
    [DataRow("Hub")]
    [DataRow("Kernels")]
    [DataRow("Palettes")]
    [DataRow("Network")]
    [DataRow("Inference")]
    [DataRow("Gradients")]
    [DataRow("Onnx")]
    [DataRow("Export")]
    [DataRow("Optimization")]
    [DataRow("Distribution")]
    public void Room_KnowsNothingOfMLNet(string room)
    {
        Assert.IsNotEmpty(Find(reference => RoomOf(reference) == room));
        AssertNone(Find(reference => RoomOf(reference) == room && IsMLNet(reference)).Select(Describe));
    }

    [TestMethod]
    [DataRow("Numerics")]
    [DataRow("Formats")]
    [DataRow("Download")]
    [DataRow("Hub")]
    [DataRow("Kernels")]
    [DataRow("Images")]
    [DataRow("Palettes")]
    [DataRow("Hosting")]
    [DataRow("Onnx")]
    [DataRow("Optimization")]
    [DataRow("Distribution")]
    public void Room_KnowsNothingOfImageGpt(string room)
    {
        string[] others =
        [
            "Network", "Inference", "Gradients", "Export", "Models", "Quantization", "Features", "Likelihood", "Completion", "Batches", "Pretraining",
            "FineTuning",
        ];
        AssertNone(Graph.Value.Reach(room).Intersect(others));
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
        AssertNone(Find(reference => reference.FromType == type && (IsMLNet(reference) || IsTorch(reference))).Select(Describe));
    }

    [TestMethod]
    public void Tests_MirrorTheirRooms()
    {
        using var tests = new AssemblyReferences("IGptMl.Tests", "test");
        AssertNone(tests.Types.Where(type => type.Namespace != NamespaceOf("IGptMl.Tests", type)).Select(type => $"{type.Name} is in test/{type.Folder}"));

        var folders = Built.Value.Types.ToLookup(SimpleName, type => type.Folder);
        var classes = tests.Types
            .Where(test => SimpleName(test).EndsWith("Tests", StringComparison.Ordinal))
            .Select(test => (test.Name, test.Folder, Expected: folders[SimpleName(test)[..^"Tests".Length]]))
            .Where(test => test.Expected.Any())
            .ToArray();
        Assert.IsNotEmpty(classes);
        AssertNone(classes
            .Where(test => !test.Expected.Contains(test.Folder))
            .Select(test => $"{test.Name} is in test/{test.Folder}, and what it tests in src/{string.Join(", src/", test.Expected)}"));
    }

    private static House Read()
    {
        List<AssemblyReferences.SourceType> types = [];
        List<AssemblyReferences.Reference> references = [];
        foreach (var library in Libraries.Keys)
        {
            using var assembly = new AssemblyReferences(library);
            types.AddRange(assembly.Types);
            references.AddRange(assembly.All);
        }

        return new House(types, references);
    }

    private static bool HasItsNamespace(AssemblyReferences.SourceType type)
    {
        if (type.IsPublic)
        {
            var isCatalog = type.Name.EndsWith("Catalog", StringComparison.Ordinal) || type.Name.EndsWith("Extensions", StringComparison.Ordinal);
            return type.Namespace == "IGptMl" || (isCatalog && type.Namespace == "Microsoft.ML");
        }

        return type.Namespace == NamespaceOf("IGptMl", type);
    }

    /// <summary>The namespace of a folder. The root of a library is in the common namespace; the library's name is not part of any namespace.</summary>
    private static string NamespaceOf(string root, AssemblyReferences.SourceType type)
    {
        var folders = type.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isLibrary = folders is ["Transforms" or "Trainers" or "Pipelines", ..];
        return string.Join('.', [root, .. isLibrary ? folders[1..] : folders]);
    }

    private static string SimpleName(AssemblyReferences.SourceType type) => type.Name[(type.Name.LastIndexOf('.') + 1)..];

    private static string? RoomOf(AssemblyReferences.Reference reference) => Graph.Value.RoomOf(reference.FromType);

    private static bool IsMLNet(AssemblyReferences.Reference reference) => reference.Assembly.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private static bool IsTorch(AssemblyReferences.Reference reference) => reference.Assembly == "TorchSharp";

    private static IReadOnlyList<AssemblyReferences.Reference> Find(Func<AssemblyReferences.Reference, bool> condition)
        => [.. Built.Value.References.Where(condition)];

    private static string Describe(AssemblyReferences.Reference reference) => $"{reference.FromType} uses {reference.Name}";

    private static void AssertNone(IEnumerable<string> faults) => Assert.AreEqual(string.Empty, string.Join("\n", faults));

    private sealed record House(IReadOnlyList<AssemblyReferences.SourceType> Types, IReadOnlyList<AssemblyReferences.Reference> References);
}
