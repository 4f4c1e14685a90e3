using System.Text.RegularExpressions;

namespace IGptMl.Network;

/// <summary>Tells the weight matrices of the blocks from all other parameters, by name.</summary>
internal static partial class BlockMatrices
{
    /// <summary>The number of matrices side by side in a parameter: 3 for queries, keys and values, 1 for the other matrices of a block, otherwise 0.</summary>
    internal static int Count(string parameterName) => Name().Match(parameterName) switch
    {
        { Success: false } => 0,
        var match => match.Groups[1].Value == "attn.c_attn" ? 3 : 1,
    };

    [GeneratedRegex(@"(?:^|\.)h\.\d+\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
