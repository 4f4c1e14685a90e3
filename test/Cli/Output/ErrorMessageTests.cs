using IGptMl.Cli.Output;

namespace IGptMl.Tests.Cli.Output;

[TestClass]
public sealed class ErrorMessageTests
{
    [TestMethod]
    public void Of_AnyException_HasNoNamesOfParameters()
    {
        var argument = new ArgumentException("Color 1 is 7.", "centers");
        Assert.AreEqual("Color 1 is 7.", ErrorMessage.Of(argument));
        var quoting = new InvalidDataException($"'p.npy' is no palette. {argument.Message}", argument);
        Assert.AreEqual("'p.npy' is no palette. Color 1 is 7.", ErrorMessage.Of(quoting));
        Assert.AreEqual("One. Two (of 2).", ErrorMessage.Of(new InvalidOperationException("One. (Parameter 'a') Two (of 2). (Parameter 'b')")));
        Assert.AreEqual("Range.\nActual value was 3.", ErrorMessage.Of(new ArgumentOutOfRangeException("count", 3, "Range.")).ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void Message_ThatQuotesAnException_HasNoNamesOfParameters()
    {
        using var error = new StringWriter();
        new Terminal(TextWriter.Null, error).Say($"Left out: {new ArgumentException("Bad.", "path").Message}");
        Assert.AreEqual("Left out: Bad.", error.ToString().TrimEnd());
    }
}
