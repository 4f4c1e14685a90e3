namespace IGptMl.Formats;

/// <summary>How the value of a protocol buffer field is encoded.</summary>
internal enum ProtobufWireType
{
    /// <summary>An integer of variable length, seven bits per byte.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, followed by that many bytes.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
