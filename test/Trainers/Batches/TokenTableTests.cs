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
        var data = new TableView(2).AddVector<ushort>("Tokens", TokenRows.Type, row => [.. TokenRows.Keys(row).Select((key, i) => row == 1 && i == 5 ? (ushort)0 : key)]);
        var table = TokenTable.Read(data, data.Schema["Tokens"], CancellationToken.None);
        Assert.AreEqual(1, table.Count);
        Assert.AreEqual(1, table.Skipped);
    }

    [TestMethod]
    public void Read_Cancelled_Stops()
    {
        var data = TokenRows.Create();
        Assert.ThrowsExactly<OperationCanceledException>(() => TokenTable.Read(data, data.Schema["Tokens"], new CancellationToken(canceled: true)));
    }
}
