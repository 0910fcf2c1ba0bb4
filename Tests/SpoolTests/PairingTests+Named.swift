import Files
import Foundation
import Glibc
import Spool
import Testing

/// Pictures that a sidecar or a job folder's description names.
extension PairingTests {
  @Test(arguments: ["tomato.jpg", "TOMATO.jpg", "Tomato.JPG"])
  func aPictureThatASidecarNamesInAnotherSpellingIsPartOfItsJob(_ file: String) throws {
    let (yard, loop) = try yard()
    try yard.drop(file, "tomato")
    yard.run(loop, seconds: 1)
    try yard.drop("a.yaml", "with toMato.jpg")
    try yard.drop("a.jpg")
    yard.run(loop, seconds: 8)
    let job = try #require(loop.takeJob())
    #expect(try job.source.contents(of: Name(file)).bytes == Array("tomato".utf8))
    #expect(loop.takeJob() == nil)
  }

  @Test func aReferenceThatSeveralFilesCouldMeanIsListed() throws {
    let (yard, loop) = try yard()
    try yard.drop("Tomato.jpg")
    try yard.drop("TOMATO.jpg")
    try yard.drop("a.yaml", "with tomato.jpg")
    try yard.drop("a.jpg")
    yard.run(loop, seconds: 8)
    #expect(loop.takeJob() == nil)
    #expect(try held(yard)["a.yaml"]?.contains("'tomato.jpg' could mean 'TOMATO.jpg' or 'Tomato.jpg'") == true)
  }

  /// A missing ending, another one, a typing error: the picture waits with the sidecar, so that it can still be put right.
  @Test(arguments: [("cherry", "cherry.jpg"), ("cherry.jpg", "cherry.png"), ("chery.jpg", "cherry.jpg"), ("Cherry.jpeg", "cherry.jpg")])
  func aPictureThatWasMostLikelyMeantIsNamedAndWaits(_ wanted: String, _ file: String) throws {
    let (yard, loop) = try yard()
    try yard.drop("b.yaml", "with \(wanted)")
    try yard.drop(file)
    try yard.drop("b.jpg")
    yard.run(loop, seconds: 8)
    #expect(loop.takeJob() == nil)
    #expect(try held(yard)["b.yaml"] == "waits for \(wanted), which its sidecar names; did you mean \(file), which lies there?")
    try yard.drop("b.yaml", "with \(file)")
    yard.run(loop, seconds: 3)
    let job = try #require(loop.takeJob())
    #expect(try job.source.files().map(\.name).contains(Name(file)))
  }

  @Test func aPictureThatIsNamedInVainIsSuggestedInTheEndAndThenDoneByItself() throws {
    let (yard, loop) = try yard()
    try yard.drop("b.yaml", "with cherry")
    try yard.drop("cherry.jpg")
    try yard.drop("b.jpg")
    yard.run(loop, seconds: 17)
    let job = try #require(loop.takeJob())
    #expect(job.source.description.missing == ["cherry"] && job.source.description.nearby == ["cherry.jpg"])
    job.fail("no")
    yard.run(loop, seconds: 6)
    #expect(loop.takeJob()?.name == "cherry")
  }

  /// Cameras tell pictures apart by digits: nobody mistypes those here.
  @Test func theNextPictureOfACameraDoesNotWait() throws {
    let (yard, loop) = try yard()
    try yard.drop("IMG_001.yaml", "with IMG_002.jpg")
    try yard.drop("IMG_001.jpg")
    try yard.drop("IMG_003.jpg")
    yard.run(loop, seconds: 6)
    #expect(loop.takeJob()?.name == "IMG_003")
  }

  @Test(arguments: ["JOB.YAML", "Job.yml", "job.YAML"])
  func aJobFolderMayWriteItsDescriptionInAnyCase(_ name: String) throws {
    let (yard, loop) = try yard()
    #expect(mkdir(yard.inbox + "/basket", 0o755) == 0)
    try yard.drop("basket/" + name, "with caf\u{E9}.jpg")
    try yard.drop("basket/cafe\u{301}.jpg")
    yard.run(loop, seconds: 3)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar()?.name == Name(name))
    #expect(job.source.description.missing.isEmpty)
  }

  @Test(arguments: [false, true])
  func aDescriptionThatWasSavedAsTextIsNamed(_ isRecursive: Bool) throws {
    let (yard, loop) = try yard { $0.recursive = isRecursive }
    #expect(mkdir(yard.inbox + "/basket", 0o755) == 0)
    try yard.drop("basket/a.jpg")
    try yard.drop("basket/job.yaml.txt", "with a.jpg")
    yard.run(loop, seconds: 6)
    #expect(try held(yard)["basket"] == "job.yaml.txt should be called job.yaml; rename it")
    #expect(rename(yard.inbox + "/basket/job.yaml.txt", yard.inbox + "/basket/job.yaml") == 0)
    yard.run(loop, seconds: 8)
    #expect(try #require(loop.takeJob()).source.isFolder)
    #expect(try held(yard).isEmpty)
  }

  @Test func aMissingPictureOfAJobFolderIsSuggested() throws {
    let (yard, loop) = try yard()
    #expect(mkdir(yard.inbox + "/basket", 0o755) == 0)
    try yard.drop("basket/tomato.jpg")
    try yard.drop("basket/job.yaml", "with tomatoe.jpg")
    yard.run(loop, seconds: 6)
    #expect(try held(yard)["basket"] == "waits for tomatoe.jpg, which its job.yaml names; did you mean tomato.jpg, which lies there?")
  }
}
