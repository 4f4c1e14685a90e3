namespace IGptMl.Data;

/// <summary>The classes of the built-in images, in label order.</summary>
internal enum ShapeKind
{
    HorizontalStripes,
    VerticalStripes,
    FallingStripes,
    RisingStripes,
    Checkerboard,
    Dots,
    Rings,
    Grid,
    Disc,
    Square,
    Triangle,
    Cross,
}
