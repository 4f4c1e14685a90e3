using IGptMl.Numerics;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class OptionGuardTests
{
    [TestMethod]
    public void Everything_InRange_Passes()
        => new OptionGuard()
            .Range("Range", 1, 1, 1)
            .AtLeast("AtLeast", 0f, 0f)
            .Positive("Positive", double.Epsilon)
            .Name("Name", "x")
            .Require(true, "Require", null, "nothing")
            .Add([])
            .ThrowIfAny("options");

    [TestMethod]
    public void Everything_Wrong_IsOneMessageInOrder()
    {
        var guard = new OptionGuard()
            .Range("Below", 0, 1, 5)
            .Range("Above", 1e-7, 1e-9, 1e-8)
            .Range("NaN", float.NaN, 0f, 1f)
            .AtLeast("AtLeast", -1, 0)
            .AtLeast("Endless", double.PositiveInfinity, 0.5)
            .Positive("Zero", 0f)
            .Positive("AlsoNaN", double.NaN)
            .Name("Null", null)
            .Name("Blank", "\t ")
            .Require(false, "Require", 1.5, "something else")
            .Require(false, "Nothing", null, "something")
            .Add(["And this."]);
        Assert.IsTrue(guard.HasProblems);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => guard.ThrowIfAny("options"));
        Assert.AreEqual(
            "Below is 0; expected 1 to 5. Above is 1E-07; expected 1E-09 to 1E-08. NaN is NaN; expected 0 to 1. "
            + "AtLeast is -1; expected at least 0. Endless is Infinity; expected at least 0.5. "
            + "Zero is 0; expected more than 0. AlsoNaN is NaN; expected more than 0. Null is null; expected a column name. "
            + "Blank is '\t '; expected a column name. "
            + "Require is 1.5; expected something else. Nothing is null; expected something. And this. (Parameter 'options')",
            error.Message);
        Assert.AreEqual("options", error.ParamName);
    }
}
