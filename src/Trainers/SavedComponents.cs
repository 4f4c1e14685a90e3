using IGptMl;
using IGptMl.Hosting;

// The names of this assembly's transformers in saved models. None is ever changed.
[assembly: SavedComponent<ImageGptClassificationTransformer>("ImageGptClassification")]
[assembly: SavedComponent<ImageGptTransformer>("ImageGpt")]
[assembly: SavedComponent<MaskVoteTransformer>("ImageGptMaskVote")]
