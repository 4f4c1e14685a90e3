using IGptMl.Numerics;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class RandomStreamsTests
{
    /// <summary>
    /// The expected values are from a transcription of the rule in Python. They must never change, because seeds would no longer reproduce earlier results.
    /// </summary>
    [TestMethod]
    [DataRow(RandomStream.ShapeClasses, new long[] { 3 }, 0x002D5D6FB925832AUL, 0x4955C389F5B5766EUL, 0xFDA65E86B6884125UL)]
    [DataRow(RandomStream.ShapePictures, new long[] { 3 }, 0xFE9796AD2FBAA75CUL, 0x0FE9655F8772791CUL, 0x7A5B510F5555AB56UL)]
    [DataRow(RandomStream.RowOrder, new long[] { 50 }, 0x8D8C2A2DC8CF5DDFUL, 0xE50E4BD112E6C747UL, 0x193B469E5B519205UL)]
    [DataRow(RandomStream.SampledPictures, new long[] { 3 }, 0x1DE9A6EDEED69FBDUL, 0x6F980101B2998FBFUL, 0xBC37D505C8A7D327UL)]
    [DataRow(RandomStream.BatchOrder, new long[] { 2 }, 0xF729D552FC160C13UL, 0x73EC82A14A71973CUL, 0x213850F6B22F7E77UL)]
    [DataRow(RandomStream.TrainingMasks, new long[] { 2, 3 }, 0x56492CB00FD55FAFUL, 0x255F14BA74AA6615UL, 0x4F6D6594B97D313BUL)]
    [DataRow(RandomStream.Augmentation, new long[] { 2, 3 }, 0x36B50393712C4DADUL, 0xFCD3B90EF54F06DCUL, 0xC085263AB39303F7UL)]
    [DataRow(RandomStream.ValidationSplit, new long[0], 0xA15CD5A52324975BUL, 0x6318463730004405UL, 0x4C81DB542063AEF9UL)]
    [DataRow(RandomStream.PalettePixels, new long[0], 0x7084DDF782D923AEUL, 0xAA0C648EE9D1CD44UL, 0xEA153160DC9BE1FFUL)]
    [DataRow(RandomStream.PaletteCenters, new long[0], 0xCDE1084A11DBAEA3UL, 0x38DDF4415EEB013EUL, 0x4DC54C7761E68F09UL)]
    [DataRow(RandomStream.Crops, new long[] { -1, 3 }, 0x877BD3DF871944FCUL, 0x30B517BADE47ABA1UL, 0x145A10284526E2E7UL)]
    [DataRow(RandomStream.TrainingPictures, new long[] { 3 }, 0x900E084C5528E5E5UL, 0xCA1085F21F1B65C5UL, 0x80074108E224AE73UL)]
    [DataRow(RandomStream.Folds, new long[0], 0xD1F6176E4449FFCEUL, 0xFE8ED899AD0BC178UL, 0xC93A9DF35A3D2A5FUL)]
    [DataRow(RandomStream.PatchSample, new long[0], 0x622B68156BF94255UL, 0x2540686891EA37FFUL, 0xC4115A76AF08FBCEUL)]
    [DataRow(RandomStream.PatchCenters, new long[0], 0xEDF42B5413074D76UL, 0x1017C022AE6201F9UL, 0xED245D81DB2E00A8UL)]
    public void Open_EachStream_GivesItsFirstNumbers(object stream, long[] item, ulong first, ulong second, ulong third)
    {
        var random = new RandomStreams(-5).Open((RandomStream)stream, item);
        CollectionAssert.AreEqual((ulong[])[first, second, third], (ulong[])[random.Next(), random.Next(), random.Next()]);
    }

    [TestMethod]
    public void Open_EachStream_IsPinned()
    {
        var pinned = typeof(RandomStreamsTests).GetMethod(nameof(Open_EachStream_GivesItsFirstNumbers))!.GetCustomAttributes(typeof(DataRowAttribute), false)
            .Select(row => (RandomStream)((DataRowAttribute)row).Data[0]!).ToArray();
        CollectionAssert.AreEquivalent(Enum.GetValues<RandomStream>(), pinned);
    }

    [TestMethod]
    public void StateOf_AnyPartChanged_IsAnother()
    {
        ulong[] states =
        [
            State(1, RandomStream.Crops, 2, 3), State(2, RandomStream.Crops, 2, 3), State(-1, RandomStream.Crops, 2, 3),
                State(1, RandomStream.Augmentation, 2, 3),
            State(1, RandomStream.Crops, 3, 2), State(1, RandomStream.Crops, 2, 4), State(1, RandomStream.Crops, 2), State(1, RandomStream.Crops),
        ];
        Assert.AreEqual(states.Length, states.Distinct().Count());
        Assert.AreEqual(states[0], State(1, RandomStream.Crops, 2, 3));

        static ulong State(int seed, RandomStream stream, params long[] item) => new RandomStreams(seed).StateOf(stream, item);
    }

    [TestMethod]
    [DataRow(0, 0ul)]
    [DataRow(7, 7ul)]
    [DataRow(-1, 4294967295ul)]
    public void WeightSeed_IsTheSeed(int seed, ulong expected) => Assert.AreEqual(expected, new RandomStreams(seed).WeightSeed);
}
