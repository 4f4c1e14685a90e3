namespace IGptMl;

/// <summary>An output column of features, and the layers in it.</summary>
/// <param name="name">The column's name.</param>
/// <param name="layers">The layers, 0 to L, whose position-averaged representations are concatenated in this order.</param>
public sealed class ImageGptFeatureColumn(string name, params IReadOnlyList<int> layers)
{
    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>The layers, 0 to L, whose position-averaged representations are concatenated in this order.</summary>
    public IReadOnlyList<int> Layers { get; } = layers;
}
