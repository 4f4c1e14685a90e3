using IGptMl.TorchNatives;

// Writes a copy of a library that loads with a C++ runtime without symbol versions that the library names but does not use.
if (args is not [var library, var copy, .. { Length: > 0 } versions])
{
    Console.Error.WriteLine("usage: igptml-natives LIBRARY COPY VERSION...");
    return 2;
}

SymbolVersions.WriteWeakCopy(library, copy, versions);
return 0;
