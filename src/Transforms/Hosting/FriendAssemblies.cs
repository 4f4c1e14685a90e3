using System.Runtime.CompilerServices;
using IGptMl.Hosting;
using Microsoft.ML;

// The one door through ML.NET's wall: everything that uses a non-public member of it lives in this folder (eng/FriendAccess.targets is the compiler's half).
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

// One registration serves every transformer of ours: ML.NET's loader finds it by the assembly name in the zip, and it finds the component by its own name.
[assembly: LoadableClass("A component of IGptMl", typeof(ITransformer), typeof(ComponentLoader), null, typeof(SignatureLoadModel), "IGptMl component",
    ComponentLoader.LoaderSignature)]
