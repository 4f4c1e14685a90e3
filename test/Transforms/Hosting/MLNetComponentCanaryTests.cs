using System.Reflection;
using IGptMl.Hosting;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Tests.Hosting;

/// <summary>The non-public members of ML.NET with which a component is created: environment, schemas, errors, row mappers.</summary>
[TestClass]
public sealed class MLNetComponentCanaryTests
{
    private static readonly Type Environment = MLNet.Type("Microsoft.ML.Runtime.IHostEnvironmentInternal");

    [TestMethod]
    [Canary("Microsoft.ML.Data.CatalogUtils", "Microsoft.ML.Data.CatalogUtils.GetEnvironment")]
    public void CatalogUtilsGetEnvironment_OfACatalog_IsTheEnvironmentOfItsContext()
    {
        var catalogType = MLNet.Type("Microsoft.ML.Data.IInternalCatalog");
        var get = MLNet.Method(MLNet.Type("Microsoft.ML.Data.CatalogUtils"), "GetEnvironment", typeof(IHostEnvironment), catalogType);
        var context = new MLContext(seed: 1);
        var messages = new List<string>();
        context.Log += (_, log) => messages.Add(log.RawMessage);
        foreach (var catalog in (object[])[context.Transforms, context.Data, context.MulticlassClassification.Trainers])
        {
            messages.Clear();
            using var channel = ((IHostEnvironment)MLNet.Call(get, null, catalog)!).Register("Canary").Start("Singing");
            channel.Info(MessageSensitivity.None, "tweet");
            Assert.Contains("tweet", messages);
        }
    }

    [TestMethod]
    [Canary("Microsoft.ML.Runtime.IHostEnvironmentInternal", "Microsoft.ML.Runtime.IHostEnvironmentInternal.get_GpuDeviceId")]
    public void HostEnvironmentGpuDeviceId_SetOnTheContext_IsSeenInHosts()
    {
        var get = MLNet.Value(Environment, "GpuDeviceId", typeof(int?));
        var context = new MLContext();
        Assert.IsNull(get(((IHostEnvironment)context).Register("Canary")));
        context.GpuDeviceId = 3;
        Assert.AreEqual(3, get(((IHostEnvironment)context).Register("Canary")));
        Assert.AreEqual(3, HostSettings.GpuDeviceId(context));
    }

    [TestMethod]
    [Canary("Microsoft.ML.Runtime.IHostEnvironmentInternal.get_FallbackToCpu")]
    public void HostEnvironmentFallbackToCpu_SetOnTheContext_IsSeenInHosts()
    {
        var get = MLNet.Value(Environment, "FallbackToCpu", typeof(bool));
        var context = new MLContext();
        Assert.IsFalse((bool)get(((IHostEnvironment)context).Register("Canary"))!);
        context.FallbackToCpu = true;
        Assert.IsTrue((bool)get(((IHostEnvironment)context).Register("Canary"))!);
        Assert.IsTrue(HostSettings.FallbackToCpu(context));
    }

    [TestMethod]
    [Canary("Microsoft.ML.Runtime.Contracts", "Microsoft.ML.Runtime.Contracts.ExceptSchemaMismatch")]
    public void ContractsExceptSchemaMismatch_BothForms_SpeakMLNetsWords()
    {
        var contracts = MLNet.Type("Microsoft.ML.Runtime.Contracts");
        var missing = MLNet.Method(contracts, "ExceptSchemaMismatch",
            typeof(Exception), typeof(IExceptionContext), typeof(string), typeof(string), typeof(string));
        var mismatch = MLNet.Method(contracts, "ExceptSchemaMismatch",
            typeof(Exception), typeof(IExceptionContext), typeof(string), typeof(string), typeof(string), typeof(string), typeof(string));
        var absent = (ArgumentOutOfRangeException)MLNet.Call(missing, null, null, "inputSchema", "bird", "Canary")!;
        var wrong = (ArgumentOutOfRangeException)MLNet.Call(mismatch, null, null, "inputSchema", "bird", "Canary", "Yellow", "Red")!;
        Assert.StartsWith("Could not find bird column 'Canary'", absent.Message);
        Assert.StartsWith("Schema mismatch for bird column 'Canary': expected Yellow, got Red", wrong.Message);
    }

    [TestMethod]
    [Canary("Microsoft.ML.SchemaShape.Create")]
    public void SchemaShapeCreate_OfASchema_LeavesOutHiddenColumns()
    {
        MLNet.Method(typeof(SchemaShape), "Create", typeof(SchemaShape), typeof(DataViewSchema));
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Twice", NumberDataViewType.Single);
        builder.AddColumn("Twice", TextDataViewType.Instance);
        var column = SchemaFacts.ShapeOf(builder.ToSchema()).Single();
        Assert.AreEqual(TextDataViewType.Instance, column.ItemType);
    }

    [TestMethod]
    [Canary("Microsoft.ML.SchemaShape.TryFindColumn")]
    public void SchemaShapeTryFindColumn_ByName_FindsOrDoesNot()
    {
        var find = MLNet.Method(typeof(SchemaShape), "TryFindColumn", typeof(bool), typeof(string), typeof(SchemaShape.Column).MakeByRefType());
        var shape = SchemaFacts.ShapeOf(TokenRows.Create().Schema);
        Assert.IsTrue((bool)MLNet.Call(find, shape, "Tokens", null)!);
        Assert.IsFalse((bool)MLNet.Call(find, shape, "tokens", null)!);
    }

    [TestMethod]
    [Canary("Microsoft.ML.SchemaShape.Column.GetTypeString")]
    public void SchemaShapeColumnGetTypeString_OfAKeyVector_SaysSo()
    {
        var describe = MLNet.Method(typeof(SchemaShape.Column), "GetTypeString", typeof(string));
        var column = SchemaFacts.ShapeOf(TokenRows.Create().Schema).Single(c => c.Name == "Tokens");
        Assert.AreEqual("Vector<Key<UInt16>>", MLNet.Call(describe, column));
    }

    [TestMethod]
    [Canary("Microsoft.ML.Data.EmptyDataView", "Microsoft.ML.Data.EmptyDataView..ctor")]
    public void EmptyDataView_OfASchema_HasNoRows()
    {
        var constructor = MLNet.Constructor(MLNet.Type("Microsoft.ML.Data.EmptyDataView"), typeof(IHostEnvironment), typeof(DataViewSchema));
        var schema = TokenRows.Create().Schema;
        var view = (IDataView)MLNet.Call(constructor, null, new MLContext(), schema)!;
        Assert.AreSame(schema, view.Schema);
        Assert.IsEmpty(RowValues.Read(view, ["Label"]));
    }

    [TestMethod]
    [Canary("Microsoft.ML.Data.IRowMapper")]
    public void IRowMapper_HasTheMembersThatWeImplement()
    {
        var mapper = MLNet.Type("Microsoft.ML.Data.IRowMapper");
        MLNet.Method(mapper, "GetDependencies", typeof(Func<int, bool>), typeof(Func<int, bool>));
        MLNet.Method(mapper, "CreateGetters", typeof(Delegate[]), typeof(DataViewRow), typeof(Func<int, bool>), typeof(Action).MakeByRefType());
        MLNet.Method(mapper, "GetOutputColumns", typeof(DataViewSchema.DetachedColumn[]));
        MLNet.Method(mapper, "GetTransformer", typeof(ITransformer));
        Assert.HasCount(4, mapper.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), "IRowMapper has a new member.");
        CollectionAssert.AreEqual((Type[])[typeof(ICanSaveModel)], mapper.GetInterfaces());
    }

    [TestMethod]
    [Canary("Microsoft.ML.Model.OnnxConverter.ICanSaveOnnx", "Microsoft.ML.Model.OnnxConverter.ISaveAsOnnx",
        "Microsoft.ML.Model.OnnxConverter.ITransformCanSaveOnnx", "Microsoft.ML.Model.OnnxConverter.OnnxContext")]
    public void OnnxInterfaces_HaveTheMembersThatWeImplement()
    {
        const string Namespace = "Microsoft.ML.Model.OnnxConverter";
        var (context, can, save) = (MLNet.Type($"{Namespace}.OnnxContext"), MLNet.Type($"{Namespace}.ICanSaveOnnx"), MLNet.Type($"{Namespace}.ISaveAsOnnx"));
        MLNet.Method(can, "CanSaveOnnx", typeof(bool), context);
        MLNet.Method(save, "SaveAsOnnx", typeof(void), context);
        var transform = MLNet.Type($"{Namespace}.ITransformCanSaveOnnx");
        CollectionAssert.IsSubsetOf((Type[])[can, save, typeof(IDataView)], transform.GetInterfaces());
        Type[] all = [can, save, transform];
        Assert.HasCount(2, all.SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)).ToArray(),
            "There is a new member.");
    }

    [TestMethod]
    [Canary("Microsoft.ML.Model.OnnxConverter.OnnxContext.CheckOpSetVersion", "Microsoft.ML.Model.OnnxConverter.OnnxContext.GetNodeName",
        "Microsoft.ML.Model.OnnxConverter.OnnxContext.AddInitializer", "Microsoft.ML.Model.OnnxConverter.OnnxContext.AddIntermediateVariable",
        "Microsoft.ML.Model.OnnxConverter.OnnxContext.GetVariableName", "Microsoft.ML.Model.OnnxConverter.OnnxNode",
        "Microsoft.ML.Model.OnnxConverter.OnnxContext.CreateNode", "Microsoft.ML.Model.OnnxConverter.OnnxNode.AddAttribute")]
    public void OnnxContext_HasTheMembersThatAConversionCalls()
    {
        var (context, node) = (MLNet.Type("Microsoft.ML.Model.OnnxConverter.OnnxContext"), MLNet.Type("Microsoft.ML.Model.OnnxConverter.OnnxNode"));
        MLNet.Method(context, "CheckOpSetVersion", typeof(void), typeof(int), typeof(string));
        MLNet.Method(context, "GetNodeName", typeof(string), typeof(string));
        MLNet.Method(context, "GetVariableName", typeof(string), typeof(string));
        MLNet.Method(context, "AddIntermediateVariable", typeof(string), typeof(DataViewType), typeof(string), typeof(bool));
        MLNet.Method(context, "CreateNode", node, typeof(string), typeof(IEnumerable<string>), typeof(IEnumerable<string>), typeof(string), typeof(string));
        foreach (var type in (Type[])[typeof(string), typeof(long), typeof(double), typeof(IEnumerable<long>)])
        {
            MLNet.Method(node, "AddAttribute", typeof(void), typeof(string), type);
        }

        foreach (var values in (Type[])[typeof(IEnumerable<long>), typeof(IEnumerable<float>)])
        {
            MLNet.Method(context, "AddInitializer", typeof(string), values, typeof(IEnumerable<long>), typeof(string), typeof(bool));
        }
    }

    [TestMethod]
    [Canary("Microsoft.ML.Data.IDataTransform", "Microsoft.ML.Data.IDataTransform.get_Source")]
    public void DataTransformSource_OfATransformedView_IsTheViewBelow()
    {
        var source = MLNet.Value(MLNet.Type("Microsoft.ML.Data.IDataTransform"), "Source", typeof(IDataView));
        var context = new MLContext(seed: 1);
        var shapes = context.Data.LoadShapes(3);
        var taken = context.Data.TakeRows(shapes, 2);
        Assert.AreSame(shapes, source(taken));
        var tokens = context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4).Fit(taken).Transform(taken);
        Assert.AreSame(taken, source(tokens));
        Assert.AreEqual($"{tokens.GetType().Name} of {taken.GetType().Name} of 3 shapes of seed 1", DataIdentity.Of(tokens));
        Assert.IsNull(DataIdentity.Of(ImageRows.Create(2)), "Nothing is known of rows in memory.");
    }

    [TestMethod]
    [Canary("Microsoft.ML.Data.RowToRowMapperTransform", "Microsoft.ML.Data.RowToRowMapperTransform..ctor")]
    public void RowToRowMapperTransform_OverAMapper_ShowsTheTransformersOwnView()
    {
        var type = MLNet.Type("Microsoft.ML.Data.RowToRowMapperTransform");
        var mapper = MLNet.Type("Microsoft.ML.Data.IRowMapper");
        MLNet.Constructor(type, typeof(IHostEnvironment), typeof(IDataView), mapper, typeof(Func<,>).MakeGenericType(typeof(DataViewSchema), mapper));
        var data = ImageRows.Create();
        var transformer = (PaletteQuantizingTransformer)new MLContext().Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4).Fit(data);
        Assert.IsInstanceOfType(transformer.Transform(data), type);
    }

    [TestMethod]
    public void Canaries_WatchEveryNonPublicMember_ThatOurAssembliesUse()
    {
        var watched = typeof(CanaryAttribute).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttribute<CanaryAttribute>()?.Members ?? [])
            .ToHashSet();
        using var assembly = new AssemblyReferences("IGptMl.Transforms");
        var used = assembly.All.Where(reference => !reference.IsPublic).Select(reference => reference.Name).ToHashSet();
        Assert.IsGreaterThan(10, used.Count);
        Assert.AreEqual(string.Empty, string.Join(", ", used.Except(watched)), "A member is used and has no canary.");
        Assert.AreEqual(string.Empty, string.Join(", ", watched.Except(used)), "A canary watches what is not used any more.");
    }
}
