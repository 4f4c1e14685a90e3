using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Tests.Data;

/// <summary>Folders with files that are not complete images.</summary>
[TestClass]
public sealed class ReadableImagesTests
{
    [TestMethod]
    public void Skip_UnreadableFiles_AreLeftOutWithAWarning()
    {
        using var folder = Mixed();
        var (context, warnings) = Listen();

        var view = context.Data.LoadImageFolder(folder.Path, UnreadableImages.Skip);

        Assert.AreEqual(3L, view.GetRowCount());
        Assert.AreEqual("a/1.png a/5.png b/1.png", string.Join(' ', Rows.Read(view).Select(r => r.Name)));
        var warning = warnings.Single();
        StringAssert.StartsWith(warning, $"Image folder '{folder.Path}': 6 of 9 images cannot be read and are left out. ");
        foreach (var name in new[] { "2.png", "3.jpg", "4.png", "6.png", "7.gif" })
        {
            StringAssert.Contains(warning, $"{name}' cannot be read as an image: ");
        }

        StringAssert.EndsWith(warning, " And 1 more.");
    }

    [TestMethod]
    [DataRow(UnreadableImages.Refuse)]
    [DataRow(UnreadableImages.Skip)]
    public void OtherFiles_AreLeftOutWithAWarning(UnreadableImages unreadable)
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 2, 2, (1, 1, 1));
        folder.WriteImage("b/2.png", 2, 2, (2, 2, 2));
        folder.Write("words.txt", [1]); // next to the class folders, where no images are expected
        foreach (var name in new[] { "a/deep/scan.tif", "a/notes.txt", "b/3.xml", "b/4.xml", "b/5.xml", "b/6.xml", "b/7.xml" })
        {
            folder.Write(name, [1]);
        }

        var (context, warnings) = Listen();

        Assert.AreEqual("a/1.png b/2.png", string.Join(' ', Rows.Read(context.Data.LoadImageFolder(folder.Path, unreadable)).Select(r => r.Name)));
        Assert.AreEqual(
            $"Image folder '{folder.Path}': 7 of 9 files are left out because they do not have an image extension: "
                + "'a/deep/scan.tif', 'a/notes.txt', 'b/3.xml', 'b/4.xml', 'b/5.xml' and 2 more.",
            warnings.Single());
    }

    [TestMethod]
    public void OtherFiles_None_NoWarning()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("1.png", 2, 2, (1, 1, 1));
        var (context, warnings) = Listen();

        context.Data.LoadImageFolder(folder.Path);

        Assert.IsEmpty(warnings);
    }

    [TestMethod]
    public void Refuse_TheFirstUnreadableFile_IsNamed()
    {
        using var folder = Mixed();
        var view = new MLContext().Data.LoadImageFolder(folder.Path);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Rows.Read(view));
        StringAssert.Contains(error.Message, "2.png' cannot be read as an image: it is not an image in a supported format.");
    }

    [TestMethod]
    public void Skip_NothingLeft_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("1.png", []);
        folder.Write("2.png", [1]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Data.LoadImageFolder(folder.Path, UnreadableImages.Skip));
        StringAssert.Contains(error.Message, "2 of 2 images cannot be read");
    }

    [TestMethod]
    public void Skip_NothingLeftOfAClass_NamesIt()
    {
        using var folder = Mixed();
        folder.Write("c/1.png", []);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Data.LoadImageFolder(folder.Path, UnreadableImages.Skip));
        StringAssert.EndsWith(error.Message, "Class 'c' has no other images.");
    }

    private static TemporaryFolder Mixed()
    {
        var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 20, 20, (1, 2, 3));
        folder.Write("a/2.png", "no picture"u8.ToArray());
        folder.Write("a/3.jpg", []);
        var whole = File.ReadAllBytes(folder.WriteImage("a/4.png", 20, 20, (1, 2, 3)));
        folder.Write("a/4.png", whole[..(whole.Length / 2)]);
        folder.WriteImage("a/5.png", 4, 4, (1, 2, 3));
        folder.Write("a/6.png", whole[..8]);
        folder.Write("a/7.gif", "GIF89a"u8.ToArray());
        folder.Write("a/8.webp", "RIFF"u8.ToArray());
        folder.WriteImage("b/1.png", 4, 4, (1, 2, 3));
        return folder;
    }

    private static (MLContext Context, List<string> Warnings) Listen()
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(message.RawMessage);
            }
        };
        return (context, warnings);
    }
}
