using System.Runtime.CompilerServices;
using IGptMl.Hosting;
using Microsoft.ML;

// Access to non-public members of ML.NET, which only this folder uses (eng/FriendAccess.targets configures the compiler).
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

// One registration for all transformers of this library: ML.NET finds the loader by the assembly name in the zip, and the loader finds the component by name.
[assembly: LoadableClass("A component of IGptMl", typeof(ITransformer), typeof(ComponentLoader), null, typeof(SignatureLoadModel), "IGptMl component",
    ComponentLoader.LoaderSignature)]
