namespace IGptMl;

/// <summary>An output column of features, and the layers in it.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Layers">The layers, 0 to L, whose position-averaged representations are concatenated in this order.</param>
public sealed record ImageGptFeatureColumn(string Name, params IReadOnlyList<int> Layers);
