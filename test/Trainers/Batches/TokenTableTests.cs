using IGptMl.Batches;
using IGptMl.Tests.Contracts;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class TokenTableTests
{
    [TestMethod]
    public void Read_RowsWithAndWithoutTokens_KeepsTheCompleteOnes()
    {
        var data = TokenRows.Create(10, missing: row => row % 3 == 1);
        var table = TokenTable.Read(data, data.Schema["Tokens"], CancellationToken.None);
        Assert.AreEqual(7, table.Count);
        Assert.AreEqual(3, table.Skipped);
        Assert.AreEqual(8, table.Colors);
        Assert.AreEqual(16, table.ContextLength);
        CollectionAssert.AreEqual(TokenRows.Keys(2).Select(key => (ushort)(key - 1)).ToArray(), table[1].ToArray());
    }

    [TestMethod]
    public void Read_OneTokenMissing_LeavesOutTheRow()
    {
        var data = new TableView(2).AddVector<ushort>("Tokens", TokenRows.Type, row
            => [.. TokenRows.Keys(row).Select((key, i) => row == 1 && i == 5 ? (ushort)0 : key)]);
        var table = TokenTable.Read(data, data.Schema["Tokens"], CancellationToken.None);
        Assert.AreEqual(1, table.Count);
        Assert.AreEqual(1, table.Skipped);
    }

    [TestMethod]
    public void Read_MoreRowsThanOnePieceHolds_KeepsThem()
    {
        const int context = 65536, rows = 150; // 64 rows per array
        var data = new TableView(rows).AddVector<ushort>("Tokens", TokenRows.TypeOf(60000, context), row
            => [.. Enumerable.Range(0, context).Select(i => (ushort)(1 + ((row + i) % 60000)))]);
        using var table = TokenTable.Read(data, data.Schema["Tokens"], CancellationToken.None);
        Assert.AreEqual(rows, table.Count);
        foreach (var row in (int[])[0, 63, 64, 127, 128, 149])
        {
            Assert.AreEqual((ushort)row, table[row][0]);
            Assert.AreEqual((ushort)((row + context - 1) % 60000), table[row][^1]);
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => table[rows].Length);
    }

    [TestMethod]
    public void Read_Canceled_Stops()
    {
        var data = TokenRows.Create();
        Assert.ThrowsExactly<OperationCanceledException>(() => TokenTable.Read(data, data.Schema["Tokens"], new CancellationToken(canceled: true)));
    }
}
