namespace IGptMl.Download;

/// <summary>The algorithm of a <see cref="Checksum"/>.</summary>
internal enum ChecksumKind
{
    /// <summary>MD5, 32 digits. It detects errors, but is too weak to detect forgery.</summary>
    Md5,

    /// <summary>SHA-256, 64 digits.</summary>
    Sha256,

    /// <summary>The SHA-1 by which Git names a file, 40 digits: over "blob", the size, a zero byte and the content.</summary>
    GitBlob,
}
