using IGptMl.Completion;

namespace IGptMl.Tests.Completion;

[TestClass]
public sealed class TokenDrawTests
{
    /// <summary>Probabilities 1/10, 4/10, 2/10, 3/10.</summary>
    private static readonly float[] Logits = [MathF.Log(1), MathF.Log(4), MathF.Log(2), MathF.Log(3)];

    [TestMethod]
    public void Draw_Uniform_FallsIntoTheTokensShare()
        => AssertDrawn(new SamplingOptions(), (0, 0), (0.0999, 0), (0.1001, 1), (0.4999, 1), (0.5001, 2), (0.6999, 2), (0.7001, 3), (0.999999999, 3));

    [TestMethod]
    public void Draw_TemperatureZero_TakesTheLikeliest() => AssertDrawn(new SamplingOptions { Temperature = 0 }, (0, 1), (0.5, 1), (0.999, 1));

    [TestMethod]
    public void Draw_TemperatureHalf_SquaresTheProbabilities() // 1/30, 16/30, 4/30, 9/30
        => AssertDrawn(new SamplingOptions { Temperature = 0.5 }, (0.033, 0), (0.034, 1), (0.566, 1), (0.567, 2), (0.699, 2), (0.701, 3));

    [TestMethod]
    public void Draw_TopK_LeavesTheLikeliest() // 4/7, 3/7
        => AssertDrawn(new SamplingOptions { TopK = 2 }, (0, 1), (0.571, 1), (0.572, 3), (0.999, 3));

    [TestMethod]
    public void Draw_TopP_LeavesTheFewestThatReachIt()
    {
        AssertDrawn(new SamplingOptions { TopP = 0.39 }, (0, 1), (0.999, 1));
        AssertDrawn(new SamplingOptions { TopP = 0.41 }, (0, 1), (0.571, 1), (0.572, 3), (0.999, 3));
        AssertDrawn(new SamplingOptions { TopP = 0.71 }, (0, 1), (0.999, 3), (0.6, 2)); // 4/9, 2/9, 3/9
        AssertDrawn(new SamplingOptions { TopP = 0.58, TopK = 2 }, (0.999, 3)); // of 4/7 and 3/7
        AssertDrawn(new SamplingOptions { TopP = 0.56, TopK = 2 }, (0.999, 1));
    }

    [TestMethod]
    public void Draw_EquallyLikely_TopKTakesTheFirst()
    {
        var draw = new TokenDraw(new SamplingOptions { TopK = 3 }, 40);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, (int[])[.. Enumerable.Range(0, 30).Select(i => (int)draw.Draw(new float[40], i / 30.0)).Distinct()]);
    }

    [TestMethod]
    public void Draw_ImpossibleTokens_AreNeverDrawn()
    {
        var draw = new TokenDraw(new SamplingOptions(), 3);
        float[] logits = [float.NegativeInfinity, 5, float.NegativeInfinity];
        Assert.AreEqual((1, 1), (draw.Draw(logits, 0), draw.Draw(logits, 0.9999999999999999)));
    }

    private static void AssertDrawn(SamplingOptions options, params (double Uniform, int Token)[] expected)
    {
        var draw = new TokenDraw(options, Logits.Length);
        foreach (var (uniform, token) in expected)
        {
            Assert.AreEqual(token, draw.Draw(Logits, uniform), $"{uniform}");
        }
    }
}
