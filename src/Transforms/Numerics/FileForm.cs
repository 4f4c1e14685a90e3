namespace IGptMl.Numerics;

/// <summary>The forms of files that a reader may expect, or find in place of what it expects.</summary>
internal enum FileForm
{
    /// <summary>None that is recognized; a reader finds out by itself.</summary>
    Unknown,

    /// <summary>One that no reader reads: an empty file, a placeholder of the real one, a page of a server, a format that is not supported.</summary>
    Foreign,

    /// <summary>A picture in one of the formats that are read.</summary>
    Image,

    /// <summary>An array of NumPy.</summary>
    Npy,

    /// <summary>A zip that is none of PyTorch's.</summary>
    Zip,

    /// <summary>A file of torch.save, in either container.</summary>
    PyTorch,

    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>The index of a TensorFlow checkpoint.</summary>
    TensorFlowIndex,

    /// <summary>A gzip archive.</summary>
    Gzip,

    /// <summary>A JSON object or array.</summary>
    Json,
}
