using System.Text;
using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>Edits the entries of a saved transformer.</summary>
internal static class SavedZip
{
    /// <summary>Saves, replaces text in the component's entry of that name, and loads.</summary>
    public static ITransformer LoadEdited(MLContext context, ITransformer transformer, string entry, string original, string edited)
    {
        var entries = ZipContent.Of(stream => context.Model.Save(transformer, null, stream));
        var name = entries.Keys.Single(key => key.EndsWith(entry, StringComparison.Ordinal) && !key.StartsWith("ImageGptModel", StringComparison.Ordinal));
        var text = Encoding.UTF8.GetString(entries[name]);
        StringAssert.Contains(text, original);
        entries[name] = Encoding.UTF8.GetBytes(text.Replace(original, edited, StringComparison.Ordinal));
        return new MLContext().Model.Load(new MemoryStream(ZipContent.Write(entries)), out _);
    }

    /// <summary>Checks that the edited file is refused as damaged, with a message that contains the text, and that no tensor is leaked.</summary>
    public static void AssertRefusesEdited(
        MLContext context,
        ITransformer transformer,
        string entry,
        string original,
        string edited,
        string named) => LiveTensors.AssertNoneLeft(() =>
    {
        var error = Assert.Throws<Exception>(() => LoadEdited(context, transformer, entry, original, edited));
        while (error.InnerException is not null && error is not InvalidDataException)
        {
            error = error.InnerException; // ML.NET's loader wraps the error
        }

        Assert.IsInstanceOfType<InvalidDataException>(error);
        StringAssert.Contains(error.Message, named);
    });
}
