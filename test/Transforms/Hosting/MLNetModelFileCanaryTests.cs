using System.Reflection;
using System.Runtime.CompilerServices;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Tests.Hosting;

/// <summary>The non-public members of ML.NET with which a component is saved and loaded.</summary>
[TestClass]
public sealed class MLNetModelFileCanaryTests
{
    private static readonly Type Saving = typeof(ModelSaveContext);
    private static readonly Type Loading = MLNet.Type("Microsoft.ML.ModelLoadContext");
    private static readonly Type Version = MLNet.Type("Microsoft.ML.VersionInfo");
    private static readonly Type Entry = MLNet.Type("Microsoft.ML.Repository+Entry");
    private static readonly Type Writer = MLNet.Type("Microsoft.ML.RepositoryWriter");
    private static readonly Type Reader = MLNet.Type("Microsoft.ML.RepositoryReader");

    [TestMethod]
    [Canary("Microsoft.ML.ModelSaveContext.CheckAtModel")]
    public void ModelSaveContextCheckAtModel_AtTheStart_Passes() => Save(context => MLNet.Call(MLNet.Method(Saving, "CheckAtModel", typeof(void)), context));

    [TestMethod]
    [Canary(
        "Microsoft.ML.VersionInfo",
        "Microsoft.ML.VersionInfo..ctor",
        "Microsoft.ML.ModelSaveContext.SetVersionInfo",
        "Microsoft.ML.ModelLoadContext",
        "Microsoft.ML.ModelLoadContext.CheckAtModel")]
    public void VersionInfo_SavedAndLoaded_IsChecked()
    {
        var zip = Save(_ => { });
        var check = MLNet.Method(Loading, "CheckAtModel", typeof(void), Version);
        Load(zip, context => MLNet.Call(check, context, CreateVersion("CANARY00")));
        Assert.ThrowsExactly<FormatException>(() => Load(zip, context => MLNet.Call(check, context, CreateVersion("CANARY01"))));
    }

    [TestMethod]
    [Canary("Microsoft.ML.ModelSaveContext.SaveBinaryStream", "Microsoft.ML.ModelLoadContext.TryLoadBinaryStream", "Microsoft.ML.ModelLoadContext.Directory")]
    public void BinaryStream_SavedAndLoaded_IsTheSame()
    {
        var save = MLNet.Method(Saving, "SaveBinaryStream", typeof(void), typeof(string), typeof(Action<BinaryWriter>));
        var load = MLNet.Method(Loading, "TryLoadBinaryStream", typeof(bool), typeof(string), typeof(Action<BinaryReader>));
        var zip = Save(context => MLNet.Call(save, context, "song.bin", (Action<BinaryWriter>)(writer => writer.Write("tweet"))));
        var song = string.Empty;
        Load(zip, context =>
        {
            Assert.AreEqual("Model", MLNet.Value(Loading, "Directory", typeof(string))(context));
            Assert.IsTrue((bool)MLNet.Call(load, context, "song.bin", (Action<BinaryReader>)(reader => song = reader.ReadString()))!);
            Assert.IsFalse((bool)MLNet.Call(load, context, "silence.bin", (Action<BinaryReader>)(_ => Assert.Fail("There is no such entry.")))!);
        });
        Assert.AreEqual("tweet", song);
    }

    [TestMethod]
    [Canary("Microsoft.ML.ModelSaveContext.SaveModel", "Microsoft.ML.ModelLoadContext.LoadModel", "Microsoft.ML.SignatureLoadModel")]
    public void SaveModel_OfATransformer_IsLoadedAgain()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable([new { Song = 3f }]);
        var save = MLNet.Generic(Saving, "SaveModel", [typeof(ITransformer)], typeof(void), typeof(ITransformer), typeof(string));
        var load = MLNet.Generic(
            Loading,
            "LoadModel",
            [typeof(ITransformer), MLNet.Type("Microsoft.ML.SignatureLoadModel")],
            typeof(void),
            typeof(IHostEnvironment),
            typeof(ITransformer).MakeByRefType(),
            typeof(string),
            typeof(object[]));
        var zip = Save(saving => MLNet.Call(save, saving, context.Transforms.CopyColumns("Echo", "Song").Fit(data), "Bird"));
        Load(zip, loading =>
        {
            object?[] arguments = [context, null, "Bird", Array.Empty<object>()];
            load.Invoke(loading, arguments);
            Assert.AreEqual(3f, ((ITransformer)arguments[1]!).Transform(data).GetColumn<float>("Echo").Single());
            Assert.ThrowsExactly<FormatException>(() => MLNet.Call(load, loading, context, null, "Fish", Array.Empty<object>()));
        });
    }

    [TestMethod]
    [Canary(
        "Microsoft.ML.ModelSaveContext.Repository",
        "Microsoft.ML.ModelLoadContext.Repository",
        "Microsoft.ML.RepositoryWriter",
        "Microsoft.ML.RepositoryReader",
        "Microsoft.ML.RepositoryWriter.CreateEntry",
        "Microsoft.ML.RepositoryReader.OpenEntryOrNull",
        "Microsoft.ML.Repository.Entry",
        "Microsoft.ML.Repository.Entry.get_Stream")]
    public void Repository_EntryOfAnotherFolder_IsWrittenAndRead()
    {
        var stream = MLNet.Value(Entry, "Stream", typeof(Stream));
        var create = MLNet.Method(Writer, "CreateEntry", Entry, typeof(string), typeof(string));
        var open = MLNet.Method(Reader, "OpenEntryOrNull", Entry, typeof(string), typeof(string));
        var zip = Save(context =>
        {
            using var entry = (IDisposable)MLNet.Call(create, MLNet.Value(Saving, "Repository", Writer)(context), "Shared", "song.txt")!;
            ((Stream)stream(entry)!).Write("tweet"u8);
        });
        Load(zip, context =>
        {
            var repository = MLNet.Value(Loading, "Repository", Reader)(context);
            using var entry = (IDisposable)MLNet.Call(open, repository, "Shared", "song.txt")!;
            Assert.AreEqual("tweet", new StreamReader((Stream)stream(entry)!).ReadToEnd());
            Assert.IsNull(MLNet.Call(open, repository, "Shared", "silence.txt"));
        });
    }

    [TestMethod]
    public void LoadableClassAttribute_OfOurAssembly_TellsTheLoader()
    {
        MLNet.Type("Microsoft.ML.SignatureLoadModel");
        var loadable = MLNet.Type("Microsoft.ML.LoadableClassAttribute");
        var attribute = typeof(ComponentLoader).Assembly.GetCustomAttributesData().Single(a => a.AttributeType == loadable);
        var arguments = attribute.ConstructorArguments.Select(a => a.Value).ToList();
        CollectionAssert.Contains(arguments, typeof(ComponentLoader));
        CollectionAssert.Contains(arguments, MLNet.Type("Microsoft.ML.SignatureLoadModel"));
        var created = typeof(ComponentLoader).Assembly.GetCustomAttributes(MLNet.Type("Microsoft.ML.LoadableClassAttributeBase")).ToList();
        Assert.HasCount(1, created, "The runtime must be able to create the attribute.");
        MLNet.Method(typeof(ComponentLoader), "Create", typeof(ITransformer), typeof(IHostEnvironment), Loading);
    }

    [TestMethod]
    public void IgnoresAccessChecksTo_OfOurAssembly_NamesTheAssembliesWithNonPublicMembers()
    {
        using var assembly = new AssemblyReferences("IGptMl.Transforms");
        var declared = typeof(ComponentLoader).Assembly.GetCustomAttributes<IgnoresAccessChecksToAttribute>().Select(a => a.AssemblyName).ToArray();
        CollectionAssert.AreEquivalent(assembly.All.Where(r => !r.IsPublic).Select(r => r.Assembly).Distinct().ToArray(), declared);
    }

    private static object CreateVersion(string signature)
        => MLNet.Call(
            MLNet.Constructor(Version, typeof(string), typeof(uint), typeof(uint), typeof(uint), typeof(string), typeof(string), typeof(string)),
            null,
            signature,
            0x00010001u,
            0x00010001u,
            0x00010001u,
            typeof(ComponentLoader).Assembly.FullName,
            "Canary",
            null)!;

    private static byte[] Save(Action<object> save)
    {
        using var stream = new MemoryStream();
        var create = MLNet.Method(Writer, "CreateNew", Writer, typeof(Stream), typeof(IExceptionContext), typeof(bool));
        using (var repository = (IDisposable)MLNet.Call(create, null, stream, null, false)!)
        {
            var constructor = MLNet.Constructor(Saving, Writer, typeof(string), typeof(string));
            using (var context = (IDisposable)MLNet.Call(constructor, null, repository, "Model", "Model.key")!)
            {
                MLNet.Call(MLNet.Method(Saving, "SetVersionInfo", typeof(void), Version), context, CreateVersion("CANARY00"));
                save(context);
                MLNet.Call(MLNet.Method(Saving, "Done", typeof(void)), context);
            }

            MLNet.Call(MLNet.Method(Writer, "Commit", typeof(void)), repository);
        }

        return stream.ToArray();
    }

    private static void Load(byte[] zip, Action<object> load)
    {
        var open = MLNet.Method(Reader, "Open", Reader, typeof(Stream), typeof(IExceptionContext), typeof(bool));
        using var repository = (IDisposable)MLNet.Call(open, null, new MemoryStream(zip), null, false)!;
        using var entry = (IDisposable)MLNet.Call(MLNet.Method(Reader, "OpenEntry", Entry, typeof(string), typeof(string)), repository, "Model", "Model.key")!;
        using var context = (IDisposable)MLNet.Call(MLNet.Constructor(Loading, Reader, Entry, typeof(string)), null, repository, entry, "Model")!;
        load(context);
    }
}
